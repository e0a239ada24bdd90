import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Device, deviceKey } from "../../api/devices";
import { useCauseText } from "../../components/cause_text";
import { IconPlayerPause, IconPlayerPlay } from "../../components/icons";
import classes from "./DeviceTable.module.css";

/** The name opens the drawer. It is the one stop of the row for the keyboard, and a link that can be copied. */
export function DeviceLink({ device, index }: { device: Device; index: number }) {
  const { t } = useTranslation();
  return (
    <Link
      from="/devices"
      to="/devices"
      search={(now) => ({ ...now, device: deviceKey(device) })}
      className={classes.link}
      data-row={index}
      aria-label={t("devices.open", { name: device.name })}
      title={device.name}
      preload={false}
    >
      {device.name}
    </Link>
  );
}

export function CauseText({ device }: { device: Pick<Device, "cause" | "closed_until" | "vendor_state"> }) {
  const { t } = useTranslation();
  const say = useCauseText();
  if (!device.cause) return <span className="dim">–</span>;
  return <span title={t(`causeHelp.${device.cause}`)}>{say(device)}</span>;
}

export function WorkWord({ work }: { work: Device["work"] }) {
  const { t } = useTranslation();
  if (!work) return <span className="dim">–</span>;
  return <span title={work.note ?? undefined}>{t(`work.kind.${work.kind}`)}</span>;
}

export function PlaybackText({ playback }: { playback: Device["playback"] }) {
  const { t } = useTranslation();
  if (playback === undefined || playback === "unknown") return <span className="dim">–</span>;
  const Icon = playback === "playing" ? IconPlayerPlay : IconPlayerPause;
  return (
    <span className={classes.playback} data-playback={playback}>
      <Icon size={14} aria-hidden /> {t(`playback.${playback}`)}
    </span>
  );
}

export function ActivatedText({ activated }: { activated: Device["activated"] }) {
  const { t } = useTranslation();
  if (activated == null) return <span className="dim">–</span>;
  return <span>{activated ? t("devices.yes") : t("devices.no")}</span>;
}
