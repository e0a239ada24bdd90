import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ConfigurationEntry, useConfigurationAudit } from "../../api/audit";
import { useConfigurationAction } from "../../components/configuration_action";
import { useFormat } from "../../i18n/format";
import { AuditTable, Details } from "./AuditTable";

interface ConfigurationLogProps {
  actor: string | undefined;
  exporter: string | undefined;
}

export function ConfigurationLog({ actor, exporter }: ConfigurationLogProps) {
  const { t } = useTranslation();
  const log = useConfigurationAudit({ actor, exporter });
  const entries = log.data?.pages.flatMap((page) => page.items);
  return (
    <AuditTable
      heads={[t("audit.at"), t("audit.actor"), t("audit.action"), t("audit.target"), t("audit.more")]}
      rows={entries?.map((entry) => <Row key={entry.id} entry={entry} />)}
      log={log}
    />
  );
}

function Row({ entry }: { entry: ConfigurationEntry }) {
  const { instant } = useFormat();
  const sayAction = useConfigurationAction();
  const { before, after } = entry;
  return (
    <tr>
      <td className="num">{instant(entry.at)}</td>
      <td>{entry.actor}</td>
      <td>{sayAction(entry.action)}</td>
      <td>
        <Link to="/exporters/$name" params={{ name: entry.exporter }} search={{ tab: "history" }}>
          {entry.target}
        </Link>
      </td>
      <td>{(before !== null || after !== null) && <Details value={{ before, after }} />}</td>
    </tr>
  );
}
