import { useTranslation } from "react-i18next";
import { type PeopleEntry, usePeopleAudit } from "../../api/audit";
import { useFormat } from "../../i18n/format";
import classes from "./AuditPage.module.css";
import { AuditTable, Details } from "./AuditTable";

export function PeopleLog({ user }: { user: string | undefined }) {
  const { t } = useTranslation();
  const log = usePeopleAudit(user);
  const entries = log.data?.pages.flatMap((page) => page.items);
  return (
    <AuditTable
      heads={[
        t("audit.at"),
        t("audit.actor"),
        t("audit.action"),
        t("audit.target"),
        t("audit.address"),
        t("audit.more"),
      ]}
      rows={entries?.map((entry, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and old ones stay where they are
        <Row key={`${place} ${entry.at}`} entry={entry} />
      ))}
      log={log}
    />
  );
}

function Row({ entry }: { entry: PeopleEntry }) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  return (
    <tr>
      <td className="num">{instant(entry.at)}</td>
      <td>{entry.actor ?? <span className="dim">–</span>}</td>
      <td className={entry.outcome === "refused" ? classes.refused : ""}>{t(`peopleAction.${entry.action}`)}</td>
      <td>{entry.target ?? <span className="dim">–</span>}</td>
      <td className="mono">{entry.address ?? ""}</td>
      <td>{Object.keys(entry.details).length > 0 && <Details value={entry.details} />}</td>
    </tr>
  );
}
