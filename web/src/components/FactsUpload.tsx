import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { DEVICE_LISTS } from "../api/devices";
import { type FactsReport, sendFactsCsv } from "../api/facts";
import { useFormat } from "../i18n/format";
import { useToasts } from "./toasts";
import UploadDialog from "./UploadDialog";

/** Facts of many devices from a spreadsheet. */
export default function FactsUpload({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const changed = ({ created, updated, removed }: FactsReport): number => created + updated + removed;
  const words = (report: FactsReport): string =>
    (["created", "updated", "removed", "unchanged"] as const)
      .filter((what) => report[what] > 0)
      .map((what) => t(`factsTable.${what}`, { n: number(report[what]) }))
      .join(" · ");
  return (
    <UploadDialog<FactsReport>
      title={t("factsTable.upload")}
      help={t("factsTable.help")}
      placeholder={"platform;source;device_id;site;city\n…"}
      check={(table) => sendFactsCsv(table, true)}
      save={(table) => sendFactsCsv(table, false)}
      hasChanges={(report) => changed(report) > 0}
      describe={(report) => <p className="num">{words(report) || t("factsTable.empty")}</p>}
      onSaved={(report) => {
        toasts.done(t("facts.saved", { count: changed(report), n: number(changed(report)) }));
        void queryClient.invalidateQueries({ queryKey: DEVICE_LISTS });
      }}
      onClose={onClose}
    />
  );
}
