import { useTranslation } from "react-i18next";
import type { Device } from "../api/devices";
import { serverNow } from "../lib/clock";
import { formatOpening } from "../lib/opening";

type Caused = Pick<Device, "cause" | "closed_until" | "vendor_state">;

/** Why a device is not online, in a few words: `Closed till 10:00`; nothing for one that is online. */
export function useCauseText(): (device: Caused) => string {
  const { t, i18n } = useTranslation();
  return ({ cause, closed_until: until, vendor_state: state }) => {
    if (!cause) return "";
    if (cause === "closed" && until) {
      return t("closedTill", { time: formatOpening(until, i18n.language, serverNow()) });
    }
    const text = t(`cause.${cause}`);
    return cause === "unrecognised_state" && state ? t("causeWithState", { cause: text, state }) : text;
  };
}
