import { Button, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Notifications, type Receiver, type Route, useNotifications } from "../../api/notifications";
import { AdminOnly } from "../../components/AdminOnly";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconMail, IconPlus } from "../../components/icons";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import { DeliveryState } from "./DeliveryState";
import classes from "./Notifications.module.css";
import { ReceiverRow } from "./ReceiverRow";
import { RouteRow } from "./RouteRow";

const ReceiverDialog = lazyPart(() => import("./ReceiverDialog"));
const RouteDialog = lazyPart(() => import("./RouteDialog"));

export function NotificationsPage() {
  return (
    <AdminOnly>
      <Shown />
    </AdminOnly>
  );
}

/** `index` null: a new one. */
type Edited = { kind: "receiver" | "route"; index: number | null };

/** Who is told of alerts: how, and of which. */
function Shown() {
  const { t } = useTranslation();
  const { data: seen, error, refetch } = useNotifications();
  const [edited, setEdited] = useState<Edited | null>(null);
  const close = (): void => setEdited(null);
  return (
    <Page title={t("nav.notifications")}>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={seen ? "line" : "block"} />}
      {seen === undefined && error === null && <Skeleton height={160} className="late" aria-hidden="true" />}
      {seen && (
        <>
          <DeliveryState seen={seen} />
          <Receivers seen={seen} onEdit={(index) => setEdited({ kind: "receiver", index })} />
          {seen.receivers.length > 0 && <Routes seen={seen} onEdit={(index) => setEdited({ kind: "route", index })} />}
          <Suspense>
            {edited?.kind === "receiver" && <ReceiverDialog seen={seen} index={edited.index} onClose={close} />}
            {edited?.kind === "route" && <RouteDialog seen={seen} index={edited.index} onClose={close} />}
          </Suspense>
        </>
      )}
    </Page>
  );
}

interface PartProps {
  seen: Notifications;
  onEdit: (index: number | null) => void;
}

function Receivers({ seen, onEdit }: PartProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("notifications.receivers")} className={classes.part}>
      <header>
        <h2>{t("notifications.receivers")}</h2>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => onEdit(null)}>
          {t("notifications.addReceiver")}
        </Button>
      </header>
      {seen.receivers.length === 0 && (
        <EmptyState icon={IconMail} title={t("notifications.none")} text={t("notifications.noneText")} />
      )}
      {seen.receivers.length > 0 && (
        <ul className={`card ${classes.list}`}>
          {seen.receivers.map((receiver: Receiver, index) => (
            <ReceiverRow key={receiver.name} seen={seen} receiver={receiver} onEdit={() => onEdit(index)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Routes({ seen, onEdit }: PartProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("notifications.routes")} className={classes.part}>
      <header>
        <h2>{t("notifications.routes")}</h2>
        <Button size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={() => onEdit(null)}>
          {t("notifications.addRoute")}
        </Button>
      </header>
      <p className="dim">{t(seen.routes.length === 0 ? "notifications.noRoutes" : "notifications.routesHelp")}</p>
      {seen.routes.length > 0 && (
        <ul className={`card ${classes.list}`}>
          {seen.routes.map((route: Route, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a route has no name but its place
            <RouteRow key={index} seen={seen} index={index} route={route} onEdit={() => onEdit(index)} />
          ))}
        </ul>
      )}
    </section>
  );
}
