import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: string;
  /** Beside the title. */
  actions?: ReactNode;
  /** `fill` for a page whose content scrolls by itself. */
  layout?: "flow" | "fill";
  children: ReactNode;
}

export function Page({ title, actions, layout = "flow", children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Vitrina`;
  }, [title]);
  return (
    <div className={classes.page} data-layout={layout}>
      <header className={classes.head}>
        <h1>{title}</h1>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
