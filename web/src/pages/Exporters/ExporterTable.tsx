import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { useIsAdmin } from "../../api/session";
import { Since } from "../../components/Ages";
import { PhaseBadge, phaseOf } from "../../components/PhaseBadge";
import { TableHead } from "../../components/TableHead";
import table from "../../components/table.module.css";
import { useFormat } from "../../i18n/format";
import { ExporterActions } from "./ExporterActions";

/** The same exporters as the cards, a line each: to compare many. */
export function ExporterTable({ exporters }: { exporters: readonly Exporter[] }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const heads = [
    t("exportersPage.exporter"),
    t("overview.state"),
    t("overview.sources"),
    t("nav.devices"),
    t("exporter.restarts"),
    t("exporter.startedAt"),
  ];
  return (
    <div className={`card ${table.frame}`}>
      <table className={table.table}>
        <TableHead heads={heads} acts={isAdmin && t("exportersPage.acts")} />
        <tbody>
          {exporters.map((exporter) => (
            <Row key={exporter.name} exporter={exporter} isAdmin={isAdmin} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ exporter, isAdmin }: { exporter: Exporter; isAdmin: boolean }) {
  const { t, i18n } = useTranslation();
  const { number } = useFormat();
  const { name, observed, source_count: sources } = exporter;
  const states = observed?.sources ?? [];
  const failing = states.filter(({ up }) => up === false).length;
  return (
    <tr data-exporter={name} data-off={exporter.enabled ? undefined : true}>
      <td>
        <Link to="/exporters/$name" params={{ name }}>
          {exporter.title[i18n.language === "ru" ? "ru" : "en"]}
        </Link>
        {name !== exporter.type && <div className="dim mono">{name}</div>}
      </td>
      <td>
        <PhaseBadge phase={phaseOf(exporter)} />
      </td>
      <td className="num">
        {number(sources)}
        {failing > 0 && <div className="dim">{t("exportersPage.failing", { count: failing, n: number(failing) })}</div>}
      </td>
      <td className="num">{number(states.reduce((sum, { devices }) => sum + (devices ?? 0), 0))}</td>
      <td className="num">{number(observed?.restarts ?? 0)}</td>
      <td>{observed?.started_at ? <Since at={observed.started_at} /> : <span className="dim">–</span>}</td>
      {isAdmin && (
        <td className={table.acts ?? ""}>
          <ExporterActions exporter={exporter} />
        </td>
      )}
    </tr>
  );
}
