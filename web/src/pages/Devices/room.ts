import { useMediaQuery } from "@mantine/hooks";
import type { Room } from "./columns";

export function useRoom(): Room {
  const isPhone = useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
  const isWide = useMediaQuery("(min-width: 1560px)", false, { getInitialValueInEffect: false });
  if (isPhone) return "phone";
  return isWide ? "wide" : "desk";
}
