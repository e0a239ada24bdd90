import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type OwnSession, useEndSession, useOwnSessions } from "../../api/own_access";
import { Ago } from "../../components/Ages";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { Card } from "./Card";
import classes from "./SettingsPage.module.css";

/** Where one is signed in. */
export function Sessions() {
  const { t } = useTranslation();
  const { data: sessions, error, refetch } = useOwnSessions();
  return (
    <Card title={t("sessions.title")}>
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
      {sessions === undefined && !error && <Skeleton height={60} className="late" />}
      <ul className={classes.list}>
        {sessions?.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
    </Card>
  );
}

function Session({ session }: { session: OwnSession }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const end = useEndSession();
  return (
    <li>
      <span className={classes.what}>
        <span className="ellipsis" title={session.agent ?? ""}>
          {session.agent ?? t("sessions.unknownClient")}
        </span>
        <span className="dim">
          {session.address} · <Ago at={session.last_used_at ?? session.created_at} />
        </span>
      </span>
      {session.current ? (
        <span className={classes.here}>{t("sessions.here")}</span>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          loading={end.isPending}
          onClick={() =>
            end.mutate(session.id, { onSuccess: () => toasts.done(t("sessions.ended")), onError: toasts.failed })
          }
        >
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
