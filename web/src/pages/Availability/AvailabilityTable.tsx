import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import {
  type AvailabilityGroup,
  type AvailabilityQuestion,
  type AvailabilityRow,
  useAvailability,
} from "../../api/availability";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconChartBar } from "../../components/icons";
import table from "../../components/table.module.css";
import { useFormat } from "../../i18n/format";
import classes from "./AvailabilityPage.module.css";

const PARTS = ["online", "offline", "planned", "unknown", "not_measured"] as const;

export function AvailabilityTable({ question }: { question: AvailabilityQuestion }) {
  const { t } = useTranslation();
  const report = useAvailability(question);
  const rows = report.data?.pages.flatMap((page) => page.items);
  if (rows === undefined) {
    return report.error ? (
      <ErrorPanel error={report.error} onRetry={() => void report.refetch()} />
    ) : (
      <Skeleton height={300} className="late" aria-hidden="true" />
    );
  }
  if (rows.length === 0) {
    return <EmptyState icon={IconChartBar} title={t("availability.none")} text={t("availability.noneText")} />;
  }
  return (
    <div className={`card ${table.frame}`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("availability.source")}</th>
            {question.group !== "source" && <th scope="col">{t("availability.site")}</th>}
            <th scope="col">{t(question.group === "device" ? "availability.device" : "availability.devices")}</th>
            <th scope="col">{t("availability.share")}</th>
            <th scope="col">{t("availability.bar")}</th>
            {PARTS.map((part) => (
              <th key={part} scope="col">
                {t(`availability.${part}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={[row.platform, row.source, row.site, row.device_id].join("/")} row={row} group={question.group} />
          ))}
        </tbody>
      </table>
      {report.hasNextPage && (
        <p className={classes.more}>
          <Button
            size="xs"
            variant="default"
            loading={report.isFetchingNextPage}
            onClick={() => void report.fetchNextPage()}
          >
            {t("availability.more")}
          </Button>
        </p>
      )}
    </div>
  );
}

function Row({ row, group }: { row: AvailabilityRow; group: AvailabilityGroup }) {
  const { number, share, briefDuration } = useFormat();
  const told = row.online + row.offline;
  return (
    <tr>
      <td>{row.source}</td>
      {group !== "source" && <td>{row.site ?? <span className="dim">–</span>}</td>}
      <td className={group === "device" ? "mono" : "num"}>
        {group === "device" ? row.device_id : number(row.devices)}
      </td>
      <td className="num">{told > 0 ? share(row.online, told) : <span className="dim">–</span>}</td>
      <td>
        <Bar row={row} />
      </td>
      {PARTS.map((part) => (
        <td key={part} className="num">
          {row[part] > 0 ? briefDuration(row[part]) : <span className="dim">–</span>}
        </td>
      ))}
    </tr>
  );
}

/** What the time was made of; the figures beside it say the same. */
function Bar({ row }: { row: AvailabilityRow }) {
  const whole = PARTS.reduce((sum, part) => sum + row[part], 0);
  return (
    <div className={classes.bar} aria-hidden="true">
      {(["online", "offline", "planned"] as const).map((part) => (
        <span key={part} className={classes[part]} style={{ width: `${(100 * row[part]) / Math.max(whole, 1)}%` }} />
      ))}
    </div>
  );
}
