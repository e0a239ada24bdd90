import { Button } from "@mantine/core";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchDevicesCsv } from "../../api/device_csv";
import { IconColumns, IconDownload, IconTool } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { withMoreTexts } from "../../i18n";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";
import { COLUMN_IDS, visibleColumns } from "./columns";
import { FacetMenu } from "./FacetMenu";
import classes from "./ListTools.module.css";
import { useRoom } from "./room";
import { type DeviceSearch, isFiltered, type SetSearch, toFilter } from "./search";
import { ViewsMenu } from "./ViewsMenu";

const WorkDialog = lazy(() => withMoreTexts(import("../../components/WorkDialog")));

interface ListToolsProps {
  search: DeviceSearch;
  onChange: SetSearch;
}

/** What can be done with the list as it is: keep it, choose its columns, take it away as a file. */
export default function ListTools({ search, onChange }: ListToolsProps) {
  const { t } = useTranslation();
  const room = useRoom();
  const columns = visibleColumns(room, search.columns);

  function toggle(column: string): void {
    const next = COLUMN_IDS.filter((id) => (id === column ? !columns.includes(id) : columns.includes(id)));
    onChange({ ...search, columns: next });
  }

  return (
    <div className={classes.tools}>
      <ViewsMenu search={search} onChange={onChange} />
      {room !== "phone" && (
        <FacetMenu
          label={t("tools.columns")}
          Icon={IconColumns}
          align="end"
          values={COLUMN_IDS.filter((id) => id !== "name")}
          chosen={columns}
          isSilent
          onToggle={toggle}
          nameOf={(id) => t(`devices.column.${id as "status"}`)}
          foot={
            search.columns && (
              <Button size="compact-xs" variant="subtle" onClick={() => onChange({ ...search, columns: undefined })}>
                {t("tools.defaultColumns")}
              </Button>
            )
          }
        />
      )}
      {room !== "phone" && isFiltered(search) && <WorkButton search={search} />}
      <CsvButton search={search} />
    </div>
  );
}

/** Says of all that the list holds that somebody takes care of them. */
function WorkButton({ search }: { search: DeviceSearch }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTool size={15} />}
        title={t("work.allHelp")}
        onClick={() => setOpen(true)}
      >
        {t("work.all")}
      </Button>
      <Suspense>
        {isOpen && <WorkDialog target={{ kind: "list", filter: toFilter(search) }} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}

function CsvButton({ search }: { search: DeviceSearch }) {
  const { t } = useTranslation();
  const { number, language } = useFormat();
  const toasts = useToasts();
  const [rows, setRows] = useState<number | null>(null);
  const isRunning = useRef(false);

  async function download(): Promise<void> {
    if (isRunning.current) return;
    isRunning.current = true;
    setRows(0);
    try {
      const file = await fetchDevicesCsv(toFilter(search), language, setRows);
      saveBlob(`devices-${new Date().toISOString().slice(0, 16).replaceAll(":", "-")}.csv`, file);
    } catch (error) {
      toasts.failed(error);
    } finally {
      isRunning.current = false;
      setRows(null);
    }
  }

  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} />}
      title={t("tools.csvHelp")}
      onClick={() => void download()}
    >
      {rows === null ? t("tools.csv") : t("tools.csvRows", { n: number(rows) })}
    </Button>
  );
}
