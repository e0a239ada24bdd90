import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceDetail } from "../../api/device";
import { useRestoreWork, useSetWork, type Work } from "../../api/work";
import { IconTool } from "../../components/icons";
import { lazyPart } from "../../components/parts";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import classes from "./Device.module.css";

const WorkDialog = lazyPart(() => import("../../components/WorkDialog"));

/** Who takes care of it; whoever may see the device may say so. */
export function WorkSection({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { work, site } = device;
  if (!work && device.status === "online") return null;
  return (
    <section className={classes.work} aria-label={t("workDialog.title")} data-work={work?.kind}>
      {work && <WorkText work={work} />}
      <div className={classes.links}>
        <Button
          size="compact-sm"
          variant={work ? "default" : "light"}
          leftSection={<IconTool size={15} />}
          onClick={() => setOpen(true)}
        >
          {work ? t("workDialog.change") : t("workDialog.take")}
        </Button>
        {work && <EndButton device={device} />}
      </div>
      <Suspense>
        {isOpen && (
          <WorkDialog
            target={{ kind: "devices", devices: [device] }}
            site={site}
            known={work}
            onClose={() => setOpen(false)}
          />
        )}
      </Suspense>
    </section>
  );
}

function WorkText({ work }: { work: Work }) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  return (
    <>
      <h3>
        <IconTool size={16} aria-hidden /> {t(`work.kind.${work.kind}`)}
        {work.owner && <span className="dim"> · {work.owner}</span>}
      </h3>
      {work.note && <p>{work.note}</p>}
      {work.ticket && (
        <p>
          <a href={work.ticket} target="_blank" rel="noreferrer">
            {work.ticket}
          </a>
        </p>
      )}
      <p className="dim">
        {work.until ? t("workDialog.till", { when: instant(work.until) }) : t("workDialog.tillEnded")}
      </p>
    </>
  );
}

function EndButton({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const set = useSetWork();
  const restore = useRestoreWork();
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      loading={set.isPending}
      onClick={() =>
        set.mutate(
          { target: { kind: "devices", devices: [device] }, work: null },
          {
            onSuccess: ({ before }) =>
              toasts.done(t("workDialog.ended"), () => void restore.mutateAsync(before).catch(toasts.failed)),
            onError: toasts.failed,
          },
        )
      }
    >
      {t("workDialog.end")}
    </Button>
  );
}
