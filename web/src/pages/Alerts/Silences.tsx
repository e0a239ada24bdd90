import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Silence, useCreateSilence, useExpireSilence, useSilences } from "../../api/alerts";
import { Ago } from "../../components/Ages";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconBellOff } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { matcherText } from "../../lib/silences";
import classes from "./AlertsPage.module.css";

/** Those that end soonest on top, also when they hide nothing now. */
export function Silences() {
  const { t } = useTranslation();
  const { data, error, refetch } = useSilences();
  const silences = data?.filter(({ state }) => state !== "expired").sort((a, b) => a.ends_at.localeCompare(b.ends_at));
  return (
    <>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={data ? "line" : "block"} />}
      {data === undefined && error === null && <Skeleton height={120} className="late" aria-hidden="true" />}
      {silences?.length === 0 && (
        <EmptyState icon={IconBellOff} title={t("silences.none")} text={t("silences.noneText")}>
          <LinkButton to="/alerts" variant="light">
            {t("silences.noneAct")}
          </LinkButton>
        </EmptyState>
      )}
      {silences !== undefined && silences.length > 0 && (
        <ul className={`card ${classes.list}`}>
          {silences.map((silence) => (
            <SilenceRow key={silence.id} silence={silence} />
          ))}
        </ul>
      )}
    </>
  );
}

const HOUR_MS = 3_600_000;

function SilenceRow({ silence }: { silence: Silence }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const expire = useExpireSilence();
  const create = useCreateSilence();
  const { id, matchers, comment, created_by: author, ends_at: end, alerts } = silence;

  function extend(hours: number): void {
    const ends_at = new Date(Date.parse(end) + hours * HOUR_MS).toISOString();
    create.mutate(
      { matchers, comment, ends_at, replaces: id },
      { onSuccess: () => toasts.done(t("silences.extended")), onError: toasts.failed },
    );
  }

  function takeBack(): void {
    expire.mutate(id, {
      onSuccess: () => toasts.done(t("silences.expired"), () => create.mutate({ matchers, comment, ends_at: end })),
      onError: toasts.failed,
    });
  }

  return (
    <li className={classes.silence} data-silence={id}>
      <div className={classes.text}>
        <strong>{comment}</strong>
        <p className="mono dim">{matchers.map(matcherText).join(", ")}</p>
        <p className="dim num">
          {author} · {t("silences.endsIn")} <Ago at={end} /> ·{" "}
          {t("silences.hides", { count: alerts, n: number(alerts) })}
        </p>
      </div>
      <div className={classes.acts}>
        {[1, 4].map((hours) => (
          <Button
            key={hours}
            size="compact-sm"
            variant="default"
            loading={create.isPending}
            onClick={() => extend(hours)}
          >
            {t("silences.more", { hours })}
          </Button>
        ))}
        <Button size="compact-sm" variant="default" loading={expire.isPending} onClick={takeBack}>
          {t("silences.expire")}
        </Button>
      </div>
    </li>
  );
}
