import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { useIsAdmin } from "../../api/session";
import { useRelative } from "../../components/Ages";
import { IconPlus } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { PhaseBadge, phaseOf } from "../../components/PhaseBadge";
import { Verbatim } from "../../components/ReasonDetail";
import { troubleOf } from "../../components/trouble";
import { useFormat } from "../../i18n/format";
import { ExporterActions } from "./ExporterActions";
import classes from "./ExportersPage.module.css";
import { Sources } from "./Sources";

/** An exporter: how it is, why, what it watches, and what can be done about it. */
export function ExporterCard({ exporter }: { exporter: Exporter }) {
  const { t, i18n } = useTranslation();
  const isAdmin = useIsAdmin();
  const phase = phaseOf(exporter);
  // Of a degraded exporter each failing source says its own reason below.
  const reason = phase === "degraded" ? null : troubleOf(exporter);
  const title = exporter.title[i18n.language === "ru" ? "ru" : "en"];
  return (
    <article className={`card ${classes.card}`} aria-label={title} data-exporter={exporter.name}>
      <header className={classes.head}>
        <div className={classes.title}>
          <h2>
            <Link to="/exporters/$name" params={{ name: exporter.name }}>
              {title}
            </Link>
          </h2>
          {exporter.name.toLowerCase() !== title.toLowerCase() && <span className="dim mono">{exporter.name}</span>}
          <PhaseBadge phase={phase} />
        </div>
        {isAdmin && <ExporterActions exporter={exporter} />}
      </header>
      <p className={classes.sentence} data-phase={phase}>
        {t(`phaseHelp.${phase}`)}
      </p>
      {reason && (
        <div className={classes.reason}>
          <Verbatim words={reason} />
        </div>
      )}
      <Sources exporter={exporter} />
      <footer className={classes.foot}>
        <Facts exporter={exporter} />
        {isAdmin && (
          <LinkButton
            to="/exporters/$name/sources/new"
            params={{ name: exporter.name }}
            size="xs"
            variant={exporter.source_count === 0 ? "filled" : "light"}
            leftSection={<IconPlus size={15} />}
          >
            {t("exportersPage.addSource")}
          </LinkButton>
        )}
      </footer>
    </article>
  );
}

/** Small print: which revision is in force, how often it was restarted, since when it runs. */
function Facts({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { observed, revision } = exporter;
  const started = useRelative(observed?.started_at ?? "", format);
  const applied = observed?.applied_revision ?? null;
  const restarts = observed?.restarts ?? 0;
  const facts = [
    applied !== null &&
      (applied === revision
        ? t("exportersPage.inForce", { revision })
        : t("exportersPage.applied", { applied, revision })),
    observed?.started_at && t("exportersPage.started", { when: started }),
    restarts > 0 && t("exportersPage.restarts", { count: restarts, n: format.number(restarts) }),
    observed?.runtime,
  ].filter(Boolean);
  return <p className={`dim num ${classes.facts}`}>{facts.join(" · ")}</p>;
}
