import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { useFollowedLog } from "../../api/logs";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconArrowBarToDown, IconDownload, IconSearch } from "../../components/icons";
import { useFormat } from "../../i18n/format";
import { saveText } from "../../lib/download";
import { countNew, fits, type Level, type LogLine, readLine } from "../../lib/log_lines";
import classes from "./LogView.module.css";

const NO_LINES: string[] = [];
const NEAR_BOTTOM_PX = 24;

/** An exporter's log as it is written. Scrolling up holds it still; new lines are counted, not forced upon the reader. */
export default function LogView({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const log = useFollowedLog(exporter.name);
  const [least, setLeast] = useState<Level>("debug");
  const [search, setSearch] = useState("");
  const [isWrapped, setWrapped] = useState(true);
  const [held, setHeld] = useState<string[] | null>(null);
  const latest = log.lines ?? NO_LINES;
  const lines = held ?? latest;
  const shown = lines.map(readLine).filter((line) => fits(line, least, search));
  return (
    <section className={classes.view} aria-label={t("logs.title")}>
      <div className={classes.tools}>
        <TextInput
          name="log-search"
          size="xs"
          aria-label={t("logs.search")}
          placeholder={t("logs.search")}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <NativeSelect
          name="log-level"
          size="xs"
          aria-label={t("logs.level")}
          data={[
            { value: "debug", label: t("logs.all") },
            { value: "info", label: t("logs.info") },
            { value: "warning", label: t("logs.warning") },
            { value: "error", label: t("logs.error") },
          ]}
          value={least}
          onChange={(event) => setLeast(event.currentTarget.value as Level)}
        />
        <Switch
          size="xs"
          label={t("logs.wrap")}
          checked={isWrapped}
          onChange={(event) => setWrapped(event.currentTarget.checked)}
        />
        <Switch
          size="xs"
          label={t("logs.follow")}
          checked={held === null}
          onChange={(event) => setHeld(event.currentTarget.checked ? null : latest)}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} />}
          disabled={lines.length === 0}
          onClick={() => saveText(`${exporter.name}.log`, `${lines.join("\n")}\n`)}
        >
          {t("logs.download")}
        </Button>
      </div>
      {log.error !== null && <ErrorPanel error={log.error} variant="line" />}
      <Lines
        lines={shown}
        isWrapped={isWrapped}
        isHeld={held !== null}
        newCount={held === null ? 0 : countNew(held, latest)}
        empty={<Empty exporter={exporter} isRead={log.lines !== undefined} isFiltered={lines.length > 0} />}
        onHold={() => setHeld(latest)}
        onFollow={() => setHeld(null)}
      />
    </section>
  );
}

interface LinesProps {
  lines: readonly LogLine[];
  isWrapped: boolean;
  isHeld: boolean;
  newCount: number;
  empty: ReactNode;
  onHold: () => void;
  onFollow: () => void;
}

function Lines({ lines, isWrapped, isHeld, newCount, empty, onHold, onFollow }: LinesProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const boxRef = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (box !== null && !isHeld && lines.length > 0) box.scrollTop = box.scrollHeight;
  }, [lines, isHeld]);

  function onScroll(): void {
    const box = boxRef.current;
    if (box === null) return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX;
    if (!isAtEnd && !isHeld) onHold();
    if (isAtEnd && isHeld && newCount === 0) onFollow();
  }

  return (
    <div className={classes.frame}>
      <div
        ref={boxRef}
        className={`mono ${classes.lines}`}
        data-wrapped={isWrapped || undefined}
        data-held={isHeld || undefined}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={t("logs.title")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {lines.length === 0
          ? empty
          : lines.map((line, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place, and may stand twice
              <Line key={place} line={line} />
            ))}
      </div>
      {isHeld && (
        <Button
          className={classes.more ?? ""}
          size="compact-sm"
          radius="xl"
          leftSection={<IconArrowBarToDown size={14} />}
          onClick={onFollow}
        >
          {newCount > 0 ? t("logs.new", { count: newCount, n: number(newCount) }) : t("logs.paused")}
        </Button>
      )}
    </div>
  );
}

function Line({ line }: { line: LogLine }) {
  const format = useFormat();
  return (
    <div className={classes.line} data-level={line.level}>
      {line.at && (
        <time className="dim" dateTime={line.at} title={format.instant(line.at)}>
          {format.timeOfDay(line.at)}
        </time>
      )}{" "}
      <span className={classes.level}>{line.level}</span> <strong>{line.event}</strong> {line.rest}
    </div>
  );
}

/** Why there is nothing: each reason has another next step. */
function Empty({ exporter, isRead, isFiltered }: { exporter: Exporter; isRead: boolean; isFiltered: boolean }) {
  const { t } = useTranslation();
  if (!isRead) return <p className="dim">{t("strip.loading")}</p>;
  if (isFiltered) return <p className="dim">{t("logs.filtered")}</p>;
  return <p className="dim">{exporter.observed?.started_at ? t("logs.silent") : t("logs.neverStarted")}</p>;
}
