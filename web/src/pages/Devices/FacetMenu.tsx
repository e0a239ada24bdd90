import { type ComponentType, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { PopMenu } from "../../components/PopMenu";
import { useFormat } from "../../i18n/format";
import { mentions } from "../../lib/fold";
import classes from "./FacetMenu.module.css";

interface FacetMenuProps {
  label: string;
  Icon?: ComponentType<{ size?: number; "aria-hidden"?: boolean }>;
  align?: "start" | "end";
  counts?: Record<string, number> | undefined;
  /** In their order; else those that are counted. */
  values?: readonly string[];
  /** Those that are counted stand by their count, the most first, and not by name. */
  isRanked?: boolean;
  chosen: readonly string[] | undefined;
  /** The button does not tell what is chosen. */
  isSilent?: boolean;
  onToggle: (value: string) => void;
  /** What people read for a value; the value itself unless given. */
  nameOf?: (value: string) => string;
  foot?: ReactNode;
}

/** More than these cannot be looked over. */
const MANY = 12;

/** A choice of many values, with their counts; stays open while several are chosen. */
export function FacetMenu(props: FacetMenuProps) {
  const {
    label,
    Icon,
    align,
    counts,
    chosen,
    isRanked = false,
    isSilent = false,
    onToggle,
    nameOf = String,
    foot,
  } = props;
  const { t } = useTranslation();
  const { number } = useFormat();
  const [words, setWords] = useState("");
  const counted = [...new Set([...Object.keys(counts ?? {}), ...(chosen ?? [])])].sort();
  if (isRanked) counted.sort((one, other) => (counts?.[other] ?? 0) - (counts?.[one] ?? 0));
  const values = props.values ?? counted;
  const [first = "", ...others] = chosen ?? [];
  const summary = others.length === 0 ? nameOf(first) : number(others.length + 1);
  const isActive = !isSilent && chosen !== undefined;
  return (
    <PopMenu label={isActive ? `${label}: ${summary}` : label} Icon={Icon} isActive={isActive} align={align}>
      {() => (
        <>
          {values.length > MANY && !isSilent && (
            <input
              className={classes.words}
              type="search"
              aria-label={t("devices.findValue", { what: label })}
              placeholder={t("devices.findValue", { what: label })}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
          )}
          <fieldset className={classes.list} aria-label={label}>
            {values
              .filter((value) => mentions(nameOf(value), words))
              .map((value) => (
                <label key={value} className={classes.value}>
                  <input type="checkbox" checked={chosen?.includes(value) ?? false} onChange={() => onToggle(value)} />
                  <span>{nameOf(value)}</span>
                  {counts && <span className="num dim">{number(counts[value] ?? 0)}</span>}
                </label>
              ))}
          </fieldset>
          {foot}
        </>
      )}
    </PopMenu>
  );
}
