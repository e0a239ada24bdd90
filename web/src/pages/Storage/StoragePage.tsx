import { useTranslation } from "react-i18next";
import { useStorage } from "../../api/storage";
import { AdminOnly } from "../../components/AdminOnly";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Fact, Facts } from "../../components/Facts";
import { Page } from "../../components/Page";
import { useFormat } from "../../i18n/format";
import { formatBytes } from "../../lib/size";
import { OperationTable } from "./OperationTable";
import classes from "./StoragePage.module.css";

export function StoragePage() {
  const { t } = useTranslation();
  return (
    <AdminOnly>
      <Page title={t("nav.storage")}>
        <Figures />
        <h2>{t("storage.removals")}</h2>
        <OperationTable />
      </Page>
    </AdminOnly>
  );
}

/** How much history there is, and for how long that goes on. */
function Figures() {
  const { t } = useTranslation();
  const { number, instant, language } = useFormat();
  const { data, error, refetch } = useStorage();
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} variant="line" />;
  if (data === undefined) return null;
  const size = (bytes: number | null) => bytes !== null && formatBytes(bytes, language);
  return (
    <div className={`card ${classes.figures}`}>
      <Facts>
        <Fact name={t("storage.series")}>{data.series !== null && number(data.series)}</Fact>
        <Fact name={t("storage.bytes")}>{size(data.bytes)}</Fact>
        <Fact name={t("storage.limit")}>{size(data.limit_bytes)}</Fact>
        <Fact name={t("storage.growth")}>{size(data.bytes_a_day)}</Fact>
        <Fact name={t("storage.daysLeft")}>
          {data.days_left === null ? t("storage.noEnd") : number(Math.floor(data.days_left))}
        </Fact>
        <Fact name={t("storage.oldest")}>{data.oldest !== null && instant(data.oldest)}</Fact>
      </Facts>
      <p className={`dim ${classes.note}`}>{t("storage.restart")}</p>
    </div>
  );
}
