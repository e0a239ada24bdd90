import type { ReactNode } from "react";
import { Logo } from "../../components/Logo";
import { LanguageSwitch, ThemeSwitch } from "../../components/Preferences";
import classes from "./EntryFrame.module.css";

interface EntryFrameProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** What stands before the pages: one thing to do, on the wall of screens. */
export function EntryFrame({ title, text, children }: EntryFrameProps) {
  return (
    <div className={classes.page}>
      <ScreenWall />
      <div className={classes.preferences}>
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <main className={classes.panel}>
        <header className={classes.brand}>
          <Logo size={34} />
          <div>
            <h1>{title}</h1>
            <p className="dim">{text}</p>
          </div>
        </header>
        {children}
      </main>
    </div>
  );
}

const SCREENS = 240;

/** The fleet as a shop window: a wall of lit screens, here and there a dark one. */
function ScreenWall() {
  return (
    <div className={classes.wall} aria-hidden="true">
      {Array.from({ length: SCREENS }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the places of the wall are what they are
        <span key={place} className={classes.screen} data-look={lookOf(place)} />
      ))}
    </div>
  );
}

/** Scattered but the same each time. */
function lookOf(place: number): "dark" | "bright" | "lit" {
  const scattered = (place * 7919 + place * place * 31) % 97;
  if (scattered < 5) return "dark";
  return scattered < 40 ? "bright" : "lit";
}
