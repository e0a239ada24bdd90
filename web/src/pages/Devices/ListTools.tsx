import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { fetchDevices } from "../../api/device_files";
import { IconColumns } from "../../components/icons";
import { COLUMN_IDS, visibleColumns } from "./columns";
import { FacetMenu } from "./FacetMenu";
import { FactsMenu } from "./FactsMenu";
import { FileDownload } from "./FileDownload";
import classes from "./ListTools.module.css";
import { useRoom } from "./room";
import { type DeviceSearch, type SetSearch, toFilter } from "./search";
import { ViewsMenu } from "./ViewsMenu";

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
      {room !== "phone" && <FactsMenu />}
      <FileButtons search={search} hasRoom={room !== "phone"} />
    </div>
  );
}

function FileButtons({ search, hasRoom }: { search: DeviceSearch; hasRoom: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <FileDownload
        label={t("tools.csv")}
        help={t("tools.csvHelp")}
        fetchFile={(onRows, language) => fetchDevices(toFilter(search), "csv", language, onRows)}
      />
      {hasRoom && (
        <FileDownload
          kind="xlsx"
          label={t("tools.xlsx")}
          help={t("tools.csvHelp")}
          fetchFile={(onRows, language) => fetchDevices(toFilter(search), "xlsx", language, onRows)}
        />
      )}
    </>
  );
}
