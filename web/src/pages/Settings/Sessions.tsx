import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type OwnSession, useEndSession, useOwnSessions } from "../../api/own_access";
import { useLeaveEverywhere } from "../../api/session";
import { Ago } from "../../components/Ages";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { browserOf } from "../../lib/user_agent";
import { Card } from "./Card";
import classes from "./SettingsPage.module.css";

/** The server has them in order: this one, then the last used. */
const SHOWN = 6;

/** Where one is signed in. */
export function Sessions() {
  const { t } = useTranslation();
  const toasts = useToasts();
  const leave = useLeaveEverywhere();
  const { data: sessions, error, refetch } = useOwnSessions();
  return (
    <Card title={t("sessions.title")}>
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
      {sessions === undefined && !error && <Skeleton height={60} className="late" />}
      <ul className={classes.list}>
        {sessions?.slice(0, SHOWN).map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
      {sessions !== undefined && sessions.length > SHOWN && (
        <p className="dim">
          {t("sessions.others", { count: sessions.length - SHOWN, n: String(sessions.length - SHOWN) })}
        </p>
      )}
      <div>
        <Button
          size="xs"
          variant="default"
          loading={leave.isPending}
          onClick={() => leave.mutate(undefined, { onError: toasts.failed })}
        >
          {t("sessions.leaveAll")}
        </Button>
      </div>
    </Card>
  );
}

function Session({ session }: { session: OwnSession }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const end = useEndSession();
  const browser = browserOf(session.agent ?? "");
  return (
    <li>
      <span className={classes.what}>
        <span className="ellipsis" title={session.agent ?? ""}>
          {browser ? t("sessions.browser", { ...browser }) : (session.agent ?? t("sessions.unknownClient"))}
        </span>
        <span className="dim">
          {session.address && `${session.address} · `}
          <Ago at={session.last_used_at ?? session.created_at} />
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
