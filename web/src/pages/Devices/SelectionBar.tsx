import { Button } from "@mantine/core";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ChosenDevices, MOST_AT_ONCE } from "../../api/chosen_devices";
import { fetchChosen } from "../../api/device_files";
import { type DeviceFilter, type Facets, parseDeviceKey } from "../../api/devices";
import { useIsAdmin } from "../../api/session";
import { IconBellOff, IconPencil, IconTool } from "../../components/icons";
import { lazyPart } from "../../components/parts";
import { useFormat } from "../../i18n/format";
import type { Selection } from "../../lib/selection";
import { FileDownload } from "./FileDownload";
import type { RowChoice } from "./row_choice";
import classes from "./SelectionBar.module.css";

const WorkDialog = lazyPart(() => import("../../components/WorkDialog"), "device");
const FactsDialog = lazyPart(() => import("../../components/FactsDialog"));
const SilenceDevicesDialog = lazyPart(() => import("../../components/SilenceDevicesDialog"), "more");

interface SelectionBarProps {
  choice: RowChoice;
  filter: DeviceFilter;
  count: number;
  total: number;
  facets: Facets | undefined;
}

/** What can be done with the chosen rows; below the list, so that no row moves when it comes. */
export default function SelectionBar({ choice, filter, count, total, facets }: SelectionBarProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const chosen = chosenOf(choice.selection, filter);
  const hasMore = !choice.selection.isAll && count < total;
  useEscape(choice.clear);
  return (
    <section className={classes.bar} aria-label={t("selection.title")}>
      <p className={`num ${classes.count}`} role="status">
        {t("selection.count", { count, n: number(count) })}
      </p>
      {hasMore && (
        <Button size="compact-sm" variant="subtle" onClick={choice.chooseAll}>
          {t("selection.all", { count: total, n: number(total) })}
        </Button>
      )}
      <div className={classes.acts}>
        <Acts chosen={chosen} count={count} facets={facets} />
        {FILES.map((kind) => (
          <FileDownload
            key={kind}
            kind={kind}
            label={t(`tools.${kind}`)}
            help={t("selection.csvHelp")}
            fetchFile={(onRows, language) => fetchChosen(chosen, kind, filter.sort, language, onRows)}
          />
        ))}
        <Button size="xs" variant="subtle" color="gray" onClick={choice.clear}>
          {t("selection.clear")}
        </Button>
      </div>
    </section>
  );
}

const FILES = ["csv", "xlsx"] as const;

type Dialog = "work" | "facts" | "silence";

function Acts({ chosen, count, facets }: { chosen: ChosenDevices } & Pick<SelectionBarProps, "count" | "facets">) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const isAdmin = useIsAdmin();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = (): void => setDialog(null);
  if (count > MOST_AT_ONCE) return <p className="dim">{t("selection.tooMany", { most: number(MOST_AT_ONCE) })}</p>;
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconTool size={15} />} onClick={() => setDialog("work")}>
        {t("selection.work")}
      </Button>
      {isAdmin && (
        <Button size="xs" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setDialog("facts")}>
          {t("selection.facts")}
        </Button>
      )}
      <Button size="xs" variant="default" leftSection={<IconBellOff size={15} />} onClick={() => setDialog("silence")}>
        {t("selection.silence")}
      </Button>
      <Suspense>
        {dialog === "work" && <WorkDialog target={chosen} count={count} onClose={close} />}
        {dialog === "facts" && <FactsDialog chosen={chosen} count={count} known={placesOf(facets)} onClose={close} />}
        {dialog === "silence" && <SilenceDevicesDialog chosen={chosen} count={count} onClose={close} />}
      </Suspense>
    </>
  );
}

function placesOf(facets: Facets | undefined): { site: string[]; city: string[] } {
  return { site: Object.keys(facets?.site ?? {}), city: Object.keys(facets?.city ?? {}) };
}

function chosenOf({ isAll, keys }: Selection, filter: DeviceFilter): ChosenDevices {
  if (isAll) return { kind: "list", filter, except: keys };
  return { kind: "devices", devices: [...keys].flatMap((key) => parseDeviceKey(key) ?? []) };
}

/** Unless a dialog, a menu or a field wants the key for itself; asked before they have closed. */
function useEscape(act: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.code !== "Escape" || document.querySelector("[role=dialog], [aria-expanded=true]")) return;
      if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
      act();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [act]);
}
