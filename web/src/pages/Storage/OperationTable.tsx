import { Button, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Operation, type OperationAct, useActOnOperation, useOperations } from "../../api/storage";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconDatabase } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { lazyPart } from "../../components/parts";
import { TableHead } from "../../components/TableHead";
import table from "../../components/table.module.css";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import classes from "./StoragePage.module.css";

const RunOperationDialog = lazyPart(() => import("./RunOperationDialog"));

const HEADS = ["what", "state", "due", "seriesThen", "by"] as const;
const STOPPABLE: readonly Operation["state"][] = ["found", "pending", "failed"];

/** Removals of series: what waits, what was done, and the way to stop or to hasten one. */
export function OperationTable() {
  const { t } = useTranslation();
  const operations = useOperations();
  const rows = operations.data?.pages.flatMap((page) => page.items);
  if (rows === undefined) {
    return operations.error ? (
      <ErrorPanel error={operations.error} onRetry={() => void operations.refetch()} />
    ) : (
      <Skeleton height={160} className="late" aria-hidden="true" />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconDatabase} title={t("storage.none")} text={t("storage.noneText")}>
        <LinkButton to="/exporters" variant="light">
          {t("nav.exporters")}
        </LinkButton>
      </EmptyState>
    );
  }
  return (
    <div className={`card ${table.frame}`}>
      <table className={table.table}>
        <TableHead heads={HEADS.map((head) => t(`storage.${head}`))} acts={t("storage.acts")} />
        <tbody>
          {rows.map((operation) => (
            <Row key={operation.id} operation={operation} />
          ))}
        </tbody>
      </table>
      {operations.hasNextPage && (
        <p className={classes.more}>
          <Button
            size="xs"
            variant="default"
            loading={operations.isFetchingNextPage}
            onClick={() => void operations.fetchNextPage()}
          >
            {t("storage.older")}
          </Button>
        </p>
      )}
    </div>
  );
}

function Row({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const { number, instant } = useFormat();
  const { state, reason } = operation;
  const name = operation.source ?? operation.exporter ?? operation.platform;
  return (
    <tr data-operation={operation.id}>
      <td>
        {t(`storage.kind.${operation.kind}`)} <strong>{name}</strong>
      </td>
      <td>
        {t(`storage.states.${state}`)}
        {reason !== null && <p className="dim">{reason}</p>}
      </td>
      <td className="num">{instant(operation.ended_at ?? operation.due_at)}</td>
      <td className="num">{operation.series === null ? <span className="dim">–</span> : number(operation.series)}</td>
      <td>{operation.actor}</td>
      <td className={table.acts}>{STOPPABLE.includes(state) && <Acts id={operation.id} name={name} />}</td>
    </tr>
  );
}

function Acts({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const act = useActOnOperation();
  const [isAsking, setIsAsking] = useState(false);

  function perform(which: OperationAct): void {
    act.mutate(
      { id, act: which },
      { onSuccess: () => toasts.done(t(`storage.told.${which}`)), onError: toasts.failed },
    );
    setIsAsking(false);
  }

  return (
    <>
      <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => perform("cancel")}>
        {t("storage.keep")}
      </Button>{" "}
      <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => setIsAsking(true)}>
        {t("storage.run")}
      </Button>
      {isAsking && (
        <Suspense>
          <RunOperationDialog
            name={name}
            isPending={act.isPending}
            onClose={() => setIsAsking(false)}
            onRun={() => perform("run")}
          />
        </Suspense>
      )}
    </>
  );
}
