import { Button, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsAdmin } from "../../api/session";
import { type MaintenanceWindow, useDeleteWindow, useWindows, useWriteWindow } from "../../api/windows";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconClock, IconPlus } from "../../components/icons";
import { lazyPart } from "../../components/parts";
import { useToasts } from "../../components/toasts";
import { matcherText } from "../../lib/silences";
import { clock, type Day, dayName } from "../../lib/weekdays";
import classes from "./AlertsPage.module.css";

const WindowDialog = lazyPart(() => import("./WindowDialog"));

/** Regular times at which some alerts ring nobody. */
export function Windows() {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const { data, error, refetch } = useWindows();
  /** Null for a new one. */
  const [edited, setEdited] = useState<MaintenanceWindow | null | undefined>();
  return (
    <>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={data ? "line" : "block"} />}
      {data === undefined && error === null && <Skeleton height={120} className="late" aria-hidden="true" />}
      {isAdmin && (
        <div>
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setEdited(null)}>
            {t("windows.create")}
          </Button>
        </div>
      )}
      {data?.length === 0 && <EmptyState icon={IconClock} title={t("windows.none")} text={t("windows.noneText")} />}
      {data !== undefined && data.length > 0 && (
        <ul className={`card ${classes.list}`}>
          {data.map((each) => (
            <WindowRow key={each.name} window={each} canEdit={isAdmin} onEdit={() => setEdited(each)} />
          ))}
        </ul>
      )}
      <Suspense>
        {edited !== undefined && <WindowDialog before={edited} onClose={() => setEdited(undefined)} />}
      </Suspense>
    </>
  );
}

interface WindowRowProps {
  window: MaintenanceWindow;
  canEdit: boolean;
  onEdit: () => void;
}

function WindowRow({ window, canEdit, onEdit }: WindowRowProps) {
  const { t, i18n } = useTranslation();
  const toasts = useToasts();
  const remove = useDeleteWindow();
  const write = useWriteWindow();
  const { name, matchers, comment, days, from, till, time_zone: zone, enabled } = window;

  function takeBack(): void {
    remove.mutate(window, {
      onSuccess: () => {
        const { revision: _revision, updated_at: _at, updated_by: _by, ...again } = window;
        toasts.done(t("windows.deleted", { name }), () => write.mutate({ before: null, window: again }));
      },
      onError: toasts.failed,
    });
  }

  return (
    <li className={classes.silence} data-window={name}>
      <div className={classes.text}>
        <strong>{comment}</strong> <span className="dim">{name}</span>
        <p className="mono dim">{matchers.map(matcherText).join(", ")}</p>
        <p className="dim num">
          {days.map((day) => dayName(day as Day, i18n.language)).join(", ")} {clock(from)}–{clock(till)} {zone}
          {enabled === false && ` · ${t("windows.off")}`}
        </p>
      </div>
      {canEdit && (
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            {t("windows.edit")}
          </Button>
          <Button size="compact-sm" variant="default" loading={remove.isPending} onClick={takeBack}>
            {t("windows.delete")}
          </Button>
        </div>
      )}
    </li>
  );
}
