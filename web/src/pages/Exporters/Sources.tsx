import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { useIsAdmin } from "../../api/session";
import classes from "./ExportersPage.module.css";
import { SourceRow } from "./SourceRow";

export function Sources({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const sources = exporter.sources ?? [];
  if (sources.length === 0) {
    return (
      <p className={`dim ${classes.none}`}>
        {isAdmin ? t("exportersPage.noSources") : t("exportersPage.noSourcesManager")}
      </p>
    );
  }
  return (
    <ul className={classes.sources}>
      {sources.map((source) => (
        <SourceRow
          key={source.name}
          source={source}
          isExporterEnabled={exporter.enabled}
          hasDeviceList={exporter.lists_devices === true}
        />
      ))}
    </ul>
  );
}
