import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { type Difference, type Revision, useRevert, useRevisions } from "../../api/revisions";
import { useConfigurationAction } from "../../components/configuration_action";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import classes from "./HistoryTab.module.css";

/** Every accepted change with what differs, and the way back to any of them. */
export function HistoryTab({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const sources = exporter.sources ?? [];
  const [chosen, setChosen] = useState("");
  const source = chosen === "" ? (sources[0]?.name ?? null) : chosen === "/" ? null : chosen;
  const revisions = useRevisions(exporter.name, source);
  const newest = revisions.data?.[0]?.revision;
  return (
    <>
      <NativeSelect
        name="of"
        size="xs"
        className={classes.choice ?? ""}
        label={t("revisions.of")}
        data={[
          ...sources.map(({ name }) => ({ value: name, label: name })),
          { value: "/", label: t("revisions.exporter") },
        ]}
        value={source ?? "/"}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      {revisions.error && <ErrorPanel error={revisions.error} onRetry={() => void revisions.refetch()} />}
      {revisions.data === undefined && !revisions.error && <Skeleton height={160} className="late" />}
      {revisions.data?.length === 0 && <p className="dim">{t("revisions.none")}</p>}
      <ol className={classes.revisions}>
        {revisions.data?.map((revision) => (
          <Entry
            key={revision.revision}
            exporter={exporter}
            source={source}
            revision={revision}
            isNewest={revision.revision === newest}
          />
        ))}
      </ol>
    </>
  );
}

interface EntryProps {
  exporter: Exporter;
  source: string | null;
  revision: Revision;
  isNewest: boolean;
}

function Entry({ exporter, source, revision, isNewest }: EntryProps) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  const toasts = useToasts();
  const sayAction = useConfigurationAction();
  const revert = useRevert(exporter, source);
  return (
    <li className={classes.revision} data-revision={revision.revision}>
      <header>
        <strong className="num">{t("revisions.number", { revision: revision.revision })}</strong>
        <span>{sayAction(revision.change)}</span>
        <span className="dim">
          {revision.actor} · {instant(revision.at)}
        </span>
        {isNewest ? (
          <span className={classes.now}>{t("revisions.present")}</span>
        ) : (
          !revision.deleted && (
            <Button
              size="compact-xs"
              variant="light"
              loading={revert.isPending}
              onClick={() =>
                revert.mutate(revision.revision, {
                  onSuccess: () => toasts.done(t("revisions.reverted", { revision: revision.revision })),
                  onError: toasts.failed,
                })
              }
            >
              {t("revisions.revert")}
            </Button>
          )
        )}
      </header>
      {revision.diff.length > 0 && (
        <ul className={`mono ${classes.diff}`}>
          {revision.diff.map((difference) => (
            <Change key={difference.path} difference={difference} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Change({ difference }: { difference: Difference }) {
  const { number } = useFormat();
  const { path, before, after, added_count: added = 0, removed_count: removed = 0 } = difference;
  return (
    <li>
      <span className="dim">{path}</span>{" "}
      {added + removed > 0 ? (
        <>
          {added > 0 && <ins>+{number(added)}</ins>} {removed > 0 && <del>−{number(removed)}</del>}
        </>
      ) : (
        <>
          {before !== null && before !== undefined && <del>{JSON.stringify(before)}</del>}{" "}
          {after !== null && after !== undefined && <ins>{JSON.stringify(after)}</ins>}
        </>
      )}
    </li>
  );
}
