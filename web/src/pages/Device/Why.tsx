import { useTranslation } from "react-i18next";
import type { DeviceDetail, Evidence } from "../../api/device";
import { Ago } from "../../components/Ages";
import { useCauseText } from "../../components/cause_text";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHelpCircle } from "../../components/icons";
import { useReasonText } from "../../components/reason_text";
import classes from "./Device.module.css";

/** Why the device is not online: the cause, what to do, and what each layer on the way to it says. */
export function Why({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const say = useCauseText();
  const { cause, evidence = [] } = device;
  if (!cause) return null;
  return (
    <section className={classes.why} data-status={device.status} aria-label={t("device.why")}>
      <h3>{device.closed_until ? say(device) : t(`causeHelp.${cause}`)}</h3>
      <p>{t(`device.next.${cause}`)}</p>
      {evidence.length > 0 && (
        <ol className={classes.evidence} aria-label={t("evidence.title")}>
          {evidence.map((each) => (
            <Layer key={`${each.kind} ${each.text_key}`} evidence={each} />
          ))}
        </ol>
      )}
    </section>
  );
}

const GOOD = ["prometheus_answers", "exporter_scraped", "source_answers"];
const BAD = ["reported_offline", "site_dark"];

function Layer({ evidence }: { evidence: Evidence }) {
  const { t } = useTranslation();
  const say = useEvidenceText();
  const { kind, text_key: key, at } = evidence;
  const isGood = GOOD.includes(key);
  const isOpen = key === "source_not_polled_yet" || key === "site_partly_online" || key === "never_seen";
  const Icon = isGood ? IconCircleCheck : BAD.includes(key) ? IconCircleX : isOpen ? IconHelpCircle : IconAlertTriangle;
  return (
    <li data-evidence={key} data-good={isGood || undefined}>
      <Icon size={16} aria-hidden />
      <span>
        <strong>{t(`evidence.kind.${kind as "device"}`)}</strong> {say(evidence)}
        {at && (
          <span className="dim">
            {" "}
            · <Ago at={at} />
          </span>
        )}
      </span>
    </li>
  );
}

/** A layer that a newer gateway may add is shown by its code. */
function useEvidenceText(): (evidence: Evidence) => string {
  const { t, i18n } = useTranslation();
  const reasonText = useReasonText();
  return ({ text_key: key, detail }) => {
    if (key === "source_failing") return detail ? reasonText(detail) : t("reason.failing");
    if (i18n.exists(`evidence.${key}`)) return t(`evidence.${key as "site_dark"}`, { detail });
    if (i18n.exists(`causeHelp.${key}`)) return t(`causeHelp.${key as "disabled"}`);
    return detail ? `${key}: ${detail}` : key;
  };
}
