import { Link, Outlet } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFirstSteps } from "../api/first_run";
import { useOverview } from "../api/overview";
import { useLiveStream } from "../api/stream";
import { AccountMenu } from "./AccountMenu";
import { IconSearch } from "./icons";
import { Logo } from "./Logo";
import { NowStrip } from "./NowStrip";
import { LanguageSwitch, ThemeSwitch } from "./Preferences";
import { type PageEntry, usePages } from "./pages";
import { bringPart, lazyPart } from "./parts";
import classes from "./Shell.module.css";
import { useGlobalShortcuts } from "./shortcuts";

const ShortcutsHelp = lazyPart(() => import("./ShortcutsHelp"), "more");
const loadPalette = () => import("./Palette");
const Palette = lazyPart(loadPalette, "more");
const DemoHint = lazyPart(() => import("./DemoHint"), "more");
/** At the first sign of somebody: by the time Ctrl is followed by K, no letter may be lost to a download. */
const SIGNS = ["pointermove", "keydown"] as const;

/** The frame of every page for somebody who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const pages = usePages();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const openPalette = useCallback(() => setPaletteOpen(true), []);
  useEffect(() => {
    // What does not come now is asked for again, and told, when it is wanted.
    const load = (): void => void bringPart(loadPalette, "more").catch(() => undefined);
    for (const sign of SIGNS) document.addEventListener(sign, load, { once: true });
    return () => {
      for (const sign of SIGNS) document.removeEventListener(sign, load);
    };
  }, []);
  useLiveStream();
  useGlobalShortcuts({ onHelp: () => setHelpOpen(true), onPalette: openPalette });
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
        <button type="button" className={classes.find} aria-label={t("nav.palette")} onClick={openPalette}>
          <IconSearch size={16} aria-hidden /> <span>{t("nav.find")}</span>
          <span className={classes.keys}>Ctrl K</span>
        </button>
        <nav aria-label={t("nav.label")} className={classes.nav}>
          {pages.map((page) => (
            <NavItem key={page.to} page={page} />
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
        <FirstHint />
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {isHelpOpen && <ShortcutsHelp onClose={() => setHelpOpen(false)} />}
        {isPaletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
      </Suspense>
    </div>
  );
}

/** While the demo's incident is there to be found, until it was skipped. */
function FirstHint() {
  const { data: overview } = useOverview();
  const { isHintSkipped } = useFirstSteps();
  const isShown = !isHintSkipped && overview?.sources.some(({ demo }) => demo) === true;
  if (!isShown || !overview.causes.some(({ cause }) => cause === "site_dark")) return null;
  return (
    <Suspense>
      <DemoHint overview={overview} />
    </Suspense>
  );
}

function NavItem({ page: { to, label, Icon, section } }: { page: PageEntry }) {
  return (
    <Link
      to={to}
      className={classes.item}
      data-section={section}
      activeProps={{ "data-active": true }}
      activeOptions={{ includeSearch: false }}
    >
      <Icon size={19} stroke={1.7} aria-hidden />
      <span>{label}</span>
    </Link>
  );
}
