import { Link, type LinkProps } from "@tanstack/react-router";
import classes from "./TabLinks.module.css";

interface TabLink extends Pick<LinkProps, "to" | "params" | "search"> {
  label: string;
  isCurrent: boolean;
}

/** Parts of a page as links, so that each has an address and the Back key returns to the one before. */
export function TabLinks({ label, tabs }: { label: string; tabs: TabLink[] }) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ label: text, isCurrent, ...link }) => (
        <Link
          key={text}
          {...link}
          className={classes.tab}
          data-current={isCurrent || undefined}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
