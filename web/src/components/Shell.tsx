import { Link, Outlet } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLiveStream } from "../api/stream";
import { AccountMenu } from "./AccountMenu";
import { IconDeviceDesktop, IconHome, IconPlug } from "./icons";
import { Logo } from "./Logo";
import { NowStrip } from "./NowStrip";
import { LanguageSwitch, ThemeSwitch } from "./Preferences";
import classes from "./Shell.module.css";
import { useGlobalShortcuts } from "./shortcuts";

const ShortcutsHelp = lazy(() => import("./ShortcutsHelp"));

const PAGES = [
  { to: "/overview", name: "overview", Icon: IconHome },
  { to: "/devices", name: "devices", Icon: IconDeviceDesktop },
  { to: "/exporters", name: "exporters", Icon: IconPlug },
] as const;

/** The frame of every page for somebody who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useLiveStream();
  useGlobalShortcuts(() => setHelpOpen(true));
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t("app.skip")}
      </a>
      <aside className={classes.side}>
        <Link to="/overview" className={classes.brand}>
          <Logo />
          <span>{t("app.name")}</span>
        </Link>
        <nav aria-label={t("nav.label")} className={classes.nav}>
          {PAGES.map((page) => (
            <NavItem key={page.to} to={page.to} label={t(`nav.${page.name}`)} Icon={page.Icon} />
          ))}
        </nav>
        <div className={classes.tools}>
          <AccountMenu onHelp={() => setHelpOpen(true)} />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </aside>
      <div className={classes.main}>
        <NowStrip />
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>{isHelpOpen && <ShortcutsHelp onClose={() => setHelpOpen(false)} />}</Suspense>
    </div>
  );
}

interface NavItemProps {
  to: (typeof PAGES)[number]["to"];
  label: string;
  Icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
}

function NavItem({ to, label, Icon }: NavItemProps) {
  return (
    <Link
      to={to}
      className={classes.item}
      activeProps={{ "data-active": true }}
      activeOptions={{ includeSearch: false }}
    >
      <Icon size={19} stroke={1.7} aria-hidden />
      <span>{label}</span>
    </Link>
  );
}
