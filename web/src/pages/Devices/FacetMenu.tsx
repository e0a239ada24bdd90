import { useClickOutside } from "@mantine/hooks";
import { useState } from "react";
import { IconChevronDown } from "../../components/icons";
import { useFormat } from "../../i18n/format";
import classes from "./FacetMenu.module.css";

interface FacetMenuProps {
  label: string;
  counts: Record<string, number> | undefined;
  chosen: string[] | undefined;
  onToggle: (value: string) => void;
  /** What people read for a value; the value itself unless given. */
  nameOf?: (value: string) => string;
}

/** A filter of many values with their counts; stays open while several are chosen. */
export function FacetMenu({ label, counts, chosen, onToggle, nameOf = String }: FacetMenuProps) {
  const { number } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const ref = useClickOutside<HTMLDivElement>(() => setOpen(false));
  const values = [...new Set([...Object.keys(counts ?? {}), ...(chosen ?? [])])].sort();
  const [first = "", ...others] = chosen ?? [];
  const summary = others.length === 0 ? nameOf(first) : number(others.length + 1);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere within
    <div
      ref={ref}
      className={classes.facet}
      onKeyDown={(event) => {
        if (event.code === "Escape") setOpen(false);
      }}
    >
      <button
        type="button"
        className={classes.button}
        aria-expanded={isOpen}
        data-chosen={chosen !== undefined || undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {chosen === undefined ? label : `${label}: ${summary}`}
        <IconChevronDown size={14} aria-hidden />
      </button>
      {isOpen && (
        <fieldset className={classes.list} aria-label={label}>
          {values.map((value) => (
            <label key={value} className={classes.value}>
              <input type="checkbox" checked={chosen?.includes(value) ?? false} onChange={() => onToggle(value)} />
              <span>{nameOf(value)}</span>
              <span className="num dim">{number(counts?.[value] ?? 0)}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}
