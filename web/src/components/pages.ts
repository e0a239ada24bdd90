import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { useIsAdmin } from "../api/session";
import {
  IconBell,
  IconChartBar,
  IconDatabase,
  IconDeviceDesktop,
  IconHistory,
  IconHome,
  IconMail,
  IconPlug,
  IconRobot,
  IconSettings,
  IconUsers,
} from "./icons";

/** `main` is what people work in; `admin` is for administrators; `own` is about the installation and oneself. */
type Section = "main" | "admin" | "own";

const PAGES = [
  { to: "/overview", name: "overview", section: "main", keys: "g o", Icon: IconHome },
  { to: "/devices", name: "devices", section: "main", keys: "g d", Icon: IconDeviceDesktop },
  { to: "/exporters", name: "exporters", section: "main", keys: "g e", Icon: IconPlug, IconSettings },
  { to: "/alerts", name: "alerts", section: "main", keys: "g a", Icon: IconBell },
  { to: "/availability", name: "availability", section: "main", keys: "g v", Icon: IconChartBar },
  { to: "/notifications", name: "notifications", section: "admin", keys: "g n", Icon: IconMail },
  { to: "/users", name: "users", section: "admin", keys: "g u", Icon: IconUsers },
  { to: "/clients", name: "clients", section: "admin", keys: "g c", Icon: IconRobot },
  { to: "/storage", name: "storage", section: "admin", keys: "g r", Icon: IconDatabase },
  { to: "/audit", name: "audit", section: "admin", keys: "g h", Icon: IconHistory },
  { to: "/settings", name: "settings", section: "own", keys: "g s", Icon: IconSettings },
] as const;

export interface PageEntry {
  to: (typeof PAGES)[number]["to"];
  section: Section;
  label: string;
  keys: string;
  Icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
}

/** The pages that this person has a use for. */
export function usePages(): PageEntry[] {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  return PAGES.filter(({ section }) => isAdmin || section !== "admin").map((page) => ({
    ...page,
    label: t(`nav.${page.name}`),
  }));
}
