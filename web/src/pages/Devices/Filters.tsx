import { Button, CloseButton, Kbd, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Cause, Facets } from "../../api/devices";
import { IconSearch } from "../../components/icons";
import { STATUS_ICONS } from "../../components/StatusBadge";
import { SEARCH_INPUT_ID } from "../../components/shortcuts";
import { useFormat } from "../../i18n/format";
import type { SetSearch } from "./DevicesPage";
import { FacetMenu } from "./FacetMenu";
import classes from "./Filters.module.css";
import { type DeviceSearch, isFiltered, toggled } from "./search";

interface FiltersProps {
  search: DeviceSearch;
  facets: Facets | undefined;
  total: number | undefined;
  onChange: SetSearch;
}

export function Filters({ search, facets, total, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <search className={classes.filters}>
      <SearchInput search={search} onChange={onChange} />
      <fieldset className={classes.statuses} aria-label={t("devices.filterStatus")}>
        {(["offline", "unknown", "online"] as const).map((status) => {
          const Icon = STATUS_ICONS[status];
          return (
            <button
              key={status}
              type="button"
              className={classes.status}
              data-status={status}
              aria-pressed={search.status?.includes(status) ?? false}
              onClick={() => onChange({ ...search, status: toggled(search.status, status) })}
            >
              <Icon size={15} aria-hidden /> {t(`status.${status}`)}
              <span className="num">{facets ? number(facets.status[status] ?? 0) : "…"}</span>
            </button>
          );
        })}
      </fieldset>
      {(["source", "platform"] as const).map((field) => (
        <FacetMenu
          key={field}
          label={t(field === "source" ? "devices.filterSource" : "devices.filterPlatform")}
          counts={facets?.[field]}
          chosen={search[field]}
          onToggle={(value) => onChange({ ...search, [field]: toggled(search[field], value) })}
        />
      ))}
      <FacetMenu
        label={t("devices.column.cause")}
        counts={facets?.cause}
        chosen={search.cause}
        onToggle={(value) => onChange({ ...search, cause: toggled(search.cause, value as Cause) })}
        nameOf={(value) => t(`cause.${value as Cause}`)}
      />
      {isFiltered(search) && (
        <Button variant="subtle" size="xs" onClick={() => onChange({ sort: search.sort, columns: search.columns })}>
          {t("devices.clear")}
        </Button>
      )}
      <output className={`num dim ${classes.total}`}>
        {total === undefined ? "" : t("devices.count", { count: total, n: number(total) })}
      </output>
    </search>
  );
}

const TYPING_MS = 120;

/** The text stands in the address a moment after the last key; what is typed shows at once. */
function SearchInput({ search, onChange }: Pick<FiltersProps, "search" | "onChange">) {
  const { t } = useTranslation();
  const inAddress = search.search ?? "";
  const [typed, setTyped] = useState(inAddress);
  const sent = useRef(inAddress);
  const inputRef = useRef<HTMLInputElement>(null);
  const focusAsked = useLocation({ select: ({ state }) => state.focusSearch === true });

  useEffect(() => {
    if (focusAsked) inputRef.current?.focus();
  }, [focusAsked]);

  // Back, forward and links change the address under the input.
  useEffect(() => {
    if (inAddress === sent.current) return;
    sent.current = inAddress;
    setTyped(inAddress);
  }, [inAddress]);

  const send = useDebouncedCallback((text: string) => {
    const next = text.trim();
    if (next === sent.current) return;
    // The first letters make a step for the Back key, the rest refine it.
    const how = sent.current === "" || next === "" ? "push" : "replace";
    sent.current = next;
    onChange({ ...search, search: next || undefined }, how);
  }, TYPING_MS);

  function change(text: string): void {
    setTyped(text);
    send(text);
  }

  return (
    <TextInput
      ref={inputRef}
      id={SEARCH_INPUT_ID}
      type="search"
      name="search"
      className={classes.search}
      size="sm"
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.code !== "Escape") return;
        if (typed !== "") change("");
        else event.currentTarget.blur();
      }}
      placeholder={t("devices.search")}
      aria-label={t("devices.searchLabel")}
      autoComplete="off"
      spellCheck={false}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed === "" ? (
          <Kbd size="xs" aria-hidden className={classes.slash}>
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label={t("devices.clearSearch")} onClick={() => change("")} />
        )
      }
    />
  );
}
