import { CloseButton, Kbd, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "../../components/icons";
import { SEARCH_INPUT_ID } from "../../components/shortcuts";
import classes from "./Filters.module.css";
import type { DeviceSearch, SetSearch } from "./search";

interface SearchInputProps {
  search: DeviceSearch;
  onChange: SetSearch;
}

const TYPING_MS = 120;

/** The text stands in the address a moment after the last key; what is typed shows at once. */
export function SearchInput({ search, onChange }: SearchInputProps) {
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
