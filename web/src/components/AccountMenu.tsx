import { Link } from "@tanstack/react-router";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLogout, useMe } from "../api/session";
import classes from "./AccountMenu.module.css";
import { IconKeyboard, IconLock, IconLogout, IconUser } from "./icons";
import { usePages } from "./pages";
import { lazyPart } from "./parts";

// Dialogs are rare: their code comes when one is opened.
const PasswordDialog = lazyPart(() => import("./PasswordDialog"), "entry");

const POPOVER_ID = "account-menu";

/** Uses the browser's own popover: a menu library on every page would cost a tenth of the first load. */
export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const logout = useLogout();
  // Those that the bar of a phone has no room for.
  const pages = usePages().filter(({ section }) => section !== "main");
  const popoverRef = useRef<HTMLDivElement>(null);
  const [isPasswordOpen, setPasswordOpen] = useState(false);

  function choose(act: () => void): void {
    popoverRef.current?.hidePopover();
    act();
  }

  return (
    <>
      <button type="button" className={classes.account} title={t("nav.account")} popoverTarget={POPOVER_ID}>
        <IconUser size={18} aria-hidden />
        <span className={classes.who}>
          <span className="ellipsis">{me?.username ?? "…"}</span>
          <span className={`ellipsis ${classes.role}`}>{me ? t(`role.${me.role}`) : ""}</span>
        </span>
      </button>
      <div ref={popoverRef} id={POPOVER_ID} popover="auto" className={classes.popover}>
        {pages.map(({ to, label, Icon }) => (
          <Link key={to} to={to} className={classes.page} onClick={() => popoverRef.current?.hidePopover()}>
            <Icon size={16} aria-hidden /> {label}
          </Link>
        ))}
        <button type="button" onClick={() => choose(onHelp)}>
          <IconKeyboard size={16} aria-hidden /> {t("nav.shortcuts")}
        </button>
        <button type="button" onClick={() => choose(() => setPasswordOpen(true))}>
          <IconLock size={16} aria-hidden /> {t("nav.changePassword")}
        </button>
        <button type="button" onClick={() => choose(() => logout.mutate())}>
          <IconLogout size={16} aria-hidden /> {t("nav.signOut")}
        </button>
      </div>
      <Suspense>{isPasswordOpen && <PasswordDialog onClose={() => setPasswordOpen(false)} />}</Suspense>
    </>
  );
}
