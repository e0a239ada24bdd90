import { Menu, UnstyledButton } from "@mantine/core";
import { Link, Outlet } from "@tanstack/react-router";
import { type ComponentType, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLogout, useMe } from "../api/session";
import { useLiveStream } from "../api/stream";
import { IconDeviceDesktop, IconHome, IconKeyboard, IconLock, IconLogout, IconPlug, IconUser } from "./icons";
import { Logo } from "./Logo";
import { NowStrip } from "./NowStrip";
import { PasswordDialog } from "./PasswordDialog";
import { LanguageSwitch, ThemeSwitch } from "./Preferences";
import classes from "./Shell.module.css";
import { ShortcutsHelp } from "./ShortcutsHelp";
import { useGlobalShortcuts } from "./shortcuts";

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
      <ShortcutsHelp opened={isHelpOpen} onClose={() => setHelpOpen(false)} />
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

function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const logout = useLogout();
  const [isPasswordOpen, setPasswordOpen] = useState(false);
  return (
    <>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <UnstyledButton className={classes.account} aria-label={t("nav.account")}>
            <IconUser size={18} aria-hidden />
            <span className={classes.who}>
              <span className="ellipsis">{me?.username ?? "…"}</span>
              <span className={classes.role}>{me ? t(`role.${me.role}`) : ""}</span>
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onHelp}>
            {t("nav.shortcuts")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLock size={16} />} onClick={() => setPasswordOpen(true)}>
            {t("nav.changePassword")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => logout.mutate()}>
            {t("nav.signOut")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <PasswordDialog
        opened={isPasswordOpen || me?.must_change_password === true}
        isForced={me?.must_change_password === true}
        onClose={() => setPasswordOpen(false)}
      />
    </>
  );
}
