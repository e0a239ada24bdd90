import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Exporter, SourceState, UnmatchedDevices } from "../../api/exporters";
import { useOverview } from "../../api/overview";
import { useIsAdmin } from "../../api/session";
import { Ago } from "../../components/Ages";
import { Fact, Facts } from "../../components/Facts";
import { IconCheck, IconCopy } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { ReasonDetail } from "../../components/ReasonDetail";
import { useReasonText } from "../../components/reason_text";
import { SourceStateBadge } from "../../components/SourceStateBadge";
import { StatusBar } from "../../components/StatusBar";
import { troubleOf } from "../../components/trouble";
import { useFormat } from "../../i18n/format";
import classes from "./ExporterPage.module.css";

const NO_SOURCES: SourceState[] = [];

/** How it runs, and how each of its sources can be asked: with the next step where one fails. */
export function HealthTab({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const sources = exporter.observed?.sources ?? NO_SOURCES;
  return (
    <div className={classes.health}>
      <RunFacts exporter={exporter} />
      <div className={classes.states}>
        <h2>{t("overview.sources")}</h2>
        {sources.length === 0 && <p className="dim">{t("exporter.noStates")}</p>}
        {sources.map((state) => (
          <SourceHealth key={state.name} exporter={exporter} state={state} />
        ))}
        {exporter.observed?.unmatched?.map((account) => (
          <Unmatched key={account.sources.join()} account={account} />
        ))}
      </div>
    </div>
  );
}

function RunFacts({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const clipboard = useClipboard();
  const { observed, revision } = exporter;
  const applied = observed?.applied_revision;
  const reason = troubleOf(exporter);
  return (
    <div>
      <Facts>
        <Fact name={t("exporter.reason")}>{reason && <q lang="en">{reason}</q>}</Fact>
        <Fact name={t("exporter.revision")}>
          {applied == null || applied === revision
            ? t("exportersPage.inForce", { revision })
            : t("exportersPage.applied", { applied, revision })}
        </Fact>
        <Fact name={t("exporter.startedAt")}>{observed?.started_at && <Ago at={observed.started_at} />}</Fact>
        <Fact name={t("exporter.restarts")}>{observed && number(observed.restarts ?? 0)}</Fact>
        <Fact name={t("exporter.exitCode")}>{observed?.exit_code != null && String(observed.exit_code)}</Fact>
        <Fact name={t("exporter.runtime")}>{observed?.runtime}</Fact>
        <Fact name={t("exporter.image")}>{observed?.image && <code className="mono">{observed.image}</code>}</Fact>
        <Fact name={t("exporter.observedAt")}>{observed?.observed_at && <Ago at={observed.observed_at} />}</Fact>
        <Fact name={t("exporter.createdAt")}>
          <Ago at={exporter.created_at} />
        </Fact>
      </Facts>
      <Button
        className={classes.copy ?? ""}
        size="compact-sm"
        variant="subtle"
        leftSection={clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        onClick={() => clipboard.copy(JSON.stringify(exporter, null, 2))}
      >
        {clipboard.copied ? t("error.copied") : t("exporter.copy")}
      </Button>
    </div>
  );
}

function SourceHealth({ exporter, state }: { exporter: Exporter; state: SourceState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const counts = useOverview().data?.sources.find(({ source }) => source === state.name);
  return (
    <article className={classes.source} data-source-health={state.name}>
      <header>
        <h3>{state.name}</h3>
        <SourceStateBadge enabled={exporter.enabled && counts?.enabled !== false} up={state.up} />
      </header>
      {state.up === false && (
        <Failure text={state.reason ? reasonText(state.reason) : t("reason.failing")}>
          <ReasonDetail code={state.reason} words={state.detail} />
          <NextStep exporter={exporter} state={state} />
        </Failure>
      )}
      {counts && <StatusBar shares={counts} />}
      <p className="dim num">
        {[
          state.devices != null &&
            t("exportersPage.devices", { count: state.devices, n: format.number(state.devices) }),
          state.cycle_seconds != null && t("exportersPage.cycle", { duration: format.duration(state.cycle_seconds) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <p className="dim">
        {state.last_success_at && (
          <>
            {t("overview.lastSuccess")}: <Ago at={state.last_success_at} />
          </>
        )}
        {state.next_poll_at && (
          <>
            {state.last_success_at && " · "}
            {t("exporter.nextPoll")}: <Ago at={state.next_poll_at} />
          </>
        )}
      </p>
    </article>
  );
}

const SHOWN_UNMATCHED = 20;

/** Of an account that several sources share: what each of them leaves to the others. */
function Unmatched({ account }: { account: UnmatchedDevices }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const shown = account.sample.slice(0, SHOWN_UNMATCHED);
  return (
    <article className={classes.source} data-unmatched={account.count}>
      <header>
        <h3>{t("exporter.unmatchedTitle")}</h3>
        <span className="num">{number(account.count)}</span>
      </header>
      <p className="dim">{t("exporter.unmatched", { sources: account.sources.join(", ") })}</p>
      <ul className={classes.unmatched}>
        {shown.map(({ device_id, name }) => (
          <li key={device_id}>
            <code className="mono">{device_id}</code> {name}
          </li>
        ))}
        {account.count > shown.length && (
          <li className="dim">{t("exporter.unmatchedMore", { n: number(account.count - shown.length) })}</li>
        )}
      </ul>
    </article>
  );
}

function Failure({ text, children }: { text: string; children: ReactNode }) {
  return (
    <div className={classes.failure}>
      <strong>{text}</strong>
      {children}
    </div>
  );
}

/** Rejected credentials are the one failure that somebody here can mend. */
function NextStep({ exporter, state }: { exporter: Exporter; state: SourceState }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const canMend = ["unauthorized", "configuration", "endpoint_refused"].includes(state.reason ?? "");
  if (!canMend) return <p>{t("exporter.waits")}</p>;
  if (!isAdmin) return <p>{t("exporter.askAdmin")}</p>;
  return (
    <LinkButton
      to="/exporters/$name/sources/$source"
      params={{ name: exporter.name, source: state.name }}
      size="compact-sm"
    >
      {state.reason === "unauthorized" ? t("exporter.newToken") : t("exporter.mend")}
    </LinkButton>
  );
}
