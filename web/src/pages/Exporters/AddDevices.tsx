import { useTranslation } from "react-i18next";
import { addedOf, type DevicesReport, useSourceDevices } from "../../api/source_devices";
import type { Source } from "../../api/sources";
import { useToasts } from "../../components/toasts";
import UploadDialog from "../../components/UploadDialog";
import { useFormat } from "../../i18n/format";

/** More devices for a source, from a paste or a file; each line's fate is told before anything is stored. */
export default function AddDevices({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const { add, remove } = useSourceDevices(source.exporter, source.name);
  return (
    <UploadDialog<DevicesReport>
      title={t("addDevices.title", { source: source.name })}
      help={t("addDevices.help")}
      placeholder={"AA:BB:CC:DD:EE:01\nAA:BB:CC:DD:EE:02"}
      check={(table) => add(table, true)}
      save={(table) => add(table, false)}
      hasChanges={(report) => report.added > 0}
      describe={(report) => <Outcome report={report} />}
      onSaved={(report) => {
        const devices = addedOf(report);
        toasts.done(t("addDevices.added", { count: devices.length, n: number(devices.length) }), () => {
          void remove(devices).catch(toasts.failed);
        });
      }}
      onClose={onClose}
    />
  );
}

const SHOWN = 20;

function Outcome({ report }: { report: DevicesReport }) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const idle = report.lines.filter(({ outcome }) => outcome === "repeated" || outcome === "already_there");
  return (
    <>
      <p className="num">
        {[
          t("addDevices.new", { count: report.added, n: number(report.added) }),
          t("addDevices.all", { n: number(report.devices) }),
          t("exportersPage.cycle", { duration: duration(report.cycle_seconds) }),
        ].join(" · ")}
      </p>
      {idle.length > 0 && (
        <ul>
          {idle.slice(0, SHOWN).map(({ line, value, outcome }) => (
            <li key={line}>
              {t("lines.at", { line })}: <code className="mono">{value}</code>{" "}
              {t(outcome === "repeated" ? "addDevices.repeated" : "addDevices.there")}
            </li>
          ))}
          {idle.length > SHOWN && (
            <li>{t("lines.more", { count: idle.length - SHOWN, n: number(idle.length - SHOWN) })}</li>
          )}
        </ul>
      )}
    </>
  );
}
