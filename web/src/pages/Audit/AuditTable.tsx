import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconHistory } from "../../components/icons";
import { TableHead } from "../../components/TableHead";
import table from "../../components/table.module.css";
import classes from "./AuditPage.module.css";

interface AuditTableProps {
  heads: string[];
  /** Undefined until the first page is there. */
  rows: ReactNode[] | undefined;
  log: {
    error: Error | null;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
    refetch: () => unknown;
  };
}

/** Entries by the page: a log is read from its end, and nobody reads all of it. */
export function AuditTable({ heads, rows, log }: AuditTableProps) {
  const { t } = useTranslation();
  if (rows === undefined) {
    return log.error ? (
      <ErrorPanel error={log.error} onRetry={() => void log.refetch()} />
    ) : (
      <Skeleton height={300} className="late" aria-hidden="true" />
    );
  }
  if (rows.length === 0) return <EmptyState icon={IconHistory} title={t("audit.none")} text={t("audit.noneText")} />;
  return (
    <div className={`card ${table.frame}`}>
      <table className={table.table}>
        <TableHead heads={heads} />
        <tbody>{rows}</tbody>
      </table>
      {log.hasNextPage && (
        <p className={classes.more}>
          <Button size="xs" variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {t("audit.older")}
          </Button>
        </p>
      )}
    </div>
  );
}

/** Whatever belongs to an entry, on demand. */
export function Details({ value }: { value: unknown }) {
  const { t } = useTranslation();
  return (
    <details className={classes.details}>
      <summary>{t("audit.details")}</summary>
      <pre className="mono">{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
