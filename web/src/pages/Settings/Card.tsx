import type { ReactNode } from "react";
import classes from "./SettingsPage.module.css";

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={`card ${classes.card}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
