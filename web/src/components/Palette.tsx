import { Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "./icons";
import classes from "./Palette.module.css";
import { type Entry, useEntries } from "./palette_entries";

const TYPING_MS = 120;

/** Everything by a few letters: pages, devices, sources, and what can be done. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const entries = useEntries(text, asked);
  const [place, setPlace] = useState(0);
  const listId = useId();
  const chosen = entries[Math.min(place, entries.length - 1)];

  useEffect(() => {
    if (chosen !== undefined) document.getElementById(`${listId}${chosen.id}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, listId]);

  function run(entry: Entry | undefined): void {
    if (entry === undefined) return;
    onClose();
    entry.run();
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step !== undefined) {
      event.preventDefault();
      const count = Math.max(1, entries.length);
      setPlace((Math.min(place, count - 1) + step + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size={620}
      yOffset="12vh"
      padding={0}
      transitionProps={{ duration: 0 }}
      aria-label={t("palette.title")}
    >
      <div className={classes.input}>
        <IconSearch size={18} aria-hidden />
        <input
          name="palette"
          role="combobox"
          aria-label={t("palette.title")}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `${listId}${chosen.id}` : undefined}
          placeholder={t("palette.placeholder")}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setPlace(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div className={classes.list} id={listId} role="listbox" aria-label={t("palette.found")}>
        {entries.map((entry, index) => (
          <Line
            key={entry.id}
            id={`${listId}${entry.id}`}
            entry={entry}
            heading={entries[index - 1]?.group === entry.group ? null : entry.group}
            isChosen={entry === chosen}
            onPoint={() => setPlace(index)}
            onRun={() => run(entry)}
          />
        ))}
      </div>
      {entries.length === 0 && <p className={classes.none}>{t("palette.none")}</p>}
    </Modal>
  );
}

interface LineProps {
  id: string;
  entry: Entry;
  heading: string | null;
  isChosen: boolean;
  onPoint: () => void;
  onRun: () => void;
}

function Line({ id, entry, heading, isChosen, onPoint, onRun }: LineProps) {
  const { Icon, label, hint } = entry;
  return (
    <>
      {heading !== null && (
        <div className={classes.group} role="presentation">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys belong to the input, as in any combobox */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option */}
      <div
        id={id}
        role="option"
        aria-selected={isChosen}
        className={classes.entry}
        data-entry={entry.id}
        onPointerMove={isChosen ? undefined : onPoint}
        onClick={onRun}
      >
        <Icon size={17} aria-hidden />
        <span className={`ellipsis ${classes.label}`}>{label}</span>
        {hint && <span className={`ellipsis ${classes.hint}`}>{hint}</span>}
      </div>
    </>
  );
}
