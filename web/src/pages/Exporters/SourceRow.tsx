import { ActionIcon } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsAdmin } from "../../api/session";
import { type Source, useUpdateSource } from "../../api/sources";
import { useAge, useRelative } from "../../components/Ages";
import { IconPencil, IconPlayerPlay, IconPlayerStop, IconTrash, IconUpload } from "../../components/icons";
import { LinkActionIcon } from "../../components/LinkButton";
import { lazyPart } from "../../components/parts";
import { ReasonDetail } from "../../components/ReasonDetail";
import { useReasonText } from "../../components/reason_text";
import { SourceStateBadge } from "../../components/SourceStateBadge";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import classes from "./ExportersPage.module.css";

const AddDevices = lazyPart(() => import("./AddDevices"), "change");
const DeleteSourceDialog = lazyPart(() => import("./DeleteSourceDialog"));

/** A shorter one is over before anybody asks. */
const LONG_CYCLE_SECONDS = 10;

interface SourceRowProps {
  source: Source;
  isExporterEnabled: boolean;
  /** Its devices are listed by us and not by the vendor. */
  hasDeviceList: boolean;
}

/** A source within its exporter's card: can it be asked, how many devices, when again. */
export function SourceRow({ source, isExporterEnabled, hasDeviceList }: SourceRowProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const isAdmin = useIsAdmin();
  const isPolled = source.enabled && isExporterEnabled;
  const { observed } = source;
  return (
    <li className={classes.source} data-source={source.name}>
      <div className={classes.sourceHead}>
        <Link to="/devices" search={{ source: [source.name] }} className={classes.sourceName}>
          {source.name}
        </Link>
        <SourceStateBadge enabled={isPolled} up={observed?.up} />
        {observed?.devices != null && (
          <span className="num dim">
            {t("exportersPage.devices", { count: observed.devices, n: number(observed.devices) })}
          </span>
        )}
      </div>
      {isPolled && <PollFacts source={source} />}
      {isAdmin && <SourceActions source={source} hasDeviceList={hasDeviceList} />}
    </li>
  );
}

function PollFacts({ source }: { source: Source }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const { observed } = source;
  const last = useRelative(observed?.last_success_at ?? "", format);
  // What is due already needs no saying: the answer is on its way.
  const next = useAge(observed?.next_poll_at, (seconds) => (seconds < 0 ? format.relative(-seconds) : ""));
  const cycle = observed?.cycle_seconds ?? source.cycle_seconds;
  const facts = [
    observed?.last_success_at
      ? t("exportersPage.lastSuccess", { when: last })
      : observed?.up === false && t("exportersPage.neverPolled"),
    next !== "" && t("exportersPage.nextPoll", { when: next }),
    cycle != null && cycle >= LONG_CYCLE_SECONDS && t("exportersPage.cycle", { duration: format.duration(cycle) }),
  ].filter(Boolean);
  return (
    <div className={classes.pollFacts}>
      {observed?.up === false && observed.reason && <p className={classes.failure}>{reasonText(observed.reason)}</p>}
      {observed?.up === false && <ReasonDetail code={observed.reason} words={observed.detail} />}
      <p className="dim num">{facts.join(" · ")}</p>
    </div>
  );
}

function SourceActions({ source, hasDeviceList }: Pick<SourceRowProps, "source" | "hasDeviceList">) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const update = useUpdateSource(source.exporter);
  const [isDeleting, setDeleting] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const { name } = source;

  function toggle(target: Source): void {
    const enabled = !target.enabled;
    update.mutate(
      { name, revision: target.revision, body: { enabled } },
      {
        onSuccess: (changed) =>
          toasts.done(t(enabled ? "exporters.enabled" : "exporters.disabled", { name }), () => toggle(changed)),
        onError: toasts.failed,
      },
    );
  }

  const addLabel = t("exportersPage.addDevices", { name });
  const editLabel = t("exportersPage.editSource", { name });
  const toggleLabel = t(source.enabled ? "exportersPage.disableSource" : "exportersPage.enableSource", { name });
  const deleteLabel = t("exportersPage.deleteSourceLabel", { name });
  return (
    <div className={classes.sourceActions}>
      {hasDeviceList && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={addLabel}
          title={addLabel}
          onClick={() => setAdding(true)}
        >
          <IconUpload size={16} />
        </ActionIcon>
      )}
      <LinkActionIcon
        to="/exporters/$name/sources/$source"
        params={{ name: source.exporter, source: name }}
        variant="subtle"
        color="gray"
        aria-label={editLabel}
        title={editLabel}
      >
        <IconPencil size={16} />
      </LinkActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        loading={update.isPending}
        aria-label={toggleLabel}
        title={toggleLabel}
        onClick={() => toggle(source)}
      >
        {source.enabled ? <IconPlayerStop size={16} /> : <IconPlayerPlay size={16} />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={deleteLabel}
        title={deleteLabel}
        onClick={() => setDeleting(true)}
      >
        <IconTrash size={16} />
      </ActionIcon>
      <Suspense>{isAdding && <AddDevices source={source} onClose={() => setAdding(false)} />}</Suspense>
      <Suspense>{isDeleting && <DeleteSourceDialog source={source} onClose={() => setDeleting(false)} />}</Suspense>
    </div>
  );
}
