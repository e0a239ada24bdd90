import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Cause, type Facets as FacetCounts, Playback } from "../../api/devices";
import { IconTool } from "../../components/icons";
import { STATUS_ICONS } from "../../components/StatusBadge";
import { useFormat } from "../../i18n/format";
import { IN_WORK } from "../../lib/in_work";
import { FacetMenu } from "./FacetMenu";
import classes from "./Filters.module.css";
import { SearchInput } from "./SearchInput";
import {
  ACTIVATED,
  type Activated,
  type DeviceSearch,
  isFiltered,
  type SetSearch,
  toggled,
  withoutFilters,
} from "./search";

type ListFilter = "source" | "platform" | "cause" | "city" | "site" | "player_version" | "playback" | "activated";

const PLAYBACKS = Object.values(Playback);
const ACTIVATED_WORDS = { true: "devices.yes", false: "devices.no", unknown: "devices.notTold" } as const;

interface FiltersProps {
  search: DeviceSearch;
  facets: FacetCounts | undefined;
  total: number | undefined;
  onChange: SetSearch;
}

export function Filters({ search, facets, total, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <search className={classes.filters}>
      <SearchInput search={search} onChange={onChange} />
      <fieldset className={classes.statuses} aria-label={t("devices.filterStatus")}>
        {(["offline", "unknown", "online"] as const).map((status) => {
          const Icon = STATUS_ICONS[status];
          return (
            <button
              key={status}
              type="button"
              className={classes.status}
              data-status={status}
              aria-pressed={search.status?.includes(status) ?? false}
              onClick={() => onChange({ ...search, status: toggled(search.status, status) })}
            >
              <Icon size={15} aria-hidden /> {t(`status.${status}`)}
              <span className="num">{facets ? number(facets.status[status] ?? 0) : "…"}</span>
            </button>
          );
        })}
      </fieldset>
      <InWork search={search} facets={facets} onChange={onChange} />
      <Facets search={search} facets={facets} onChange={onChange} />
      {isFiltered(search) && (
        <Button variant="subtle" size="xs" onClick={() => onChange(withoutFilters(search))}>
          {t("devices.clear")}
        </Button>
      )}
      <output className={`num dim ${classes.total}`}>
        {total === undefined ? "" : t("devices.count", { count: total, n: number(total) })}
      </output>
    </search>
  );
}

/** Devices that somebody takes care of stand in a list of their own. */
function InWork({ search, facets, onChange }: Omit<FiltersProps, "total">) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const count = IN_WORK.reduce((sum, kind) => sum + (facets?.work?.[kind] ?? 0), 0);
  if (count === 0 && search.work === undefined) return null;
  return (
    <button
      type="button"
      className={classes.status}
      data-status="work"
      aria-pressed={search.work !== undefined}
      onClick={() => onChange({ ...search, work: search.work === undefined ? [...IN_WORK] : undefined })}
    >
      <IconTool size={15} aria-hidden /> {t("work.inWork")}
      <span className="num">{number(count)}</span>
    </button>
  );
}

/** Those that some device has a value for; a chosen one stays, also when nothing is left of it. */
function Facets({ search, facets, onChange }: Omit<FiltersProps, "total">) {
  const { t } = useTranslation();
  const toggle =
    <Name extends ListFilter>(name: Name) =>
    (value: string) =>
      onChange({ ...search, [name]: toggled<string>(search[name], value) });
  const has = (name: "site" | "city" | "player_version"): boolean =>
    search[name] !== undefined || Object.keys(facets?.[name] ?? {}).length > 0;
  const shared = <Name extends ListFilter>(name: Name) => ({ chosen: search[name], onToggle: toggle(name) });
  return (
    <>
      <FacetMenu label={t("devices.filterSource")} counts={facets?.source} {...shared("source")} />
      <FacetMenu label={t("devices.filterPlatform")} counts={facets?.platform} {...shared("platform")} />
      <FacetMenu
        label={t("devices.column.cause")}
        counts={facets?.cause}
        nameOf={(value) => t(`cause.${value as Cause}`)}
        {...shared("cause")}
      />
      {has("city") && <FacetMenu label={t("devices.column.city")} counts={facets?.city} {...shared("city")} />}
      {has("site") && <FacetMenu label={t("devices.column.site")} counts={facets?.site} {...shared("site")} />}
      {has("player_version") && (
        <FacetMenu
          label={t("devices.column.player_version")}
          counts={facets?.player_version}
          isRanked
          {...shared("player_version")}
        />
      )}
      <FacetMenu
        label={t("devices.column.playback")}
        values={PLAYBACKS}
        nameOf={(value) => t(value === "unknown" ? "devices.notTold" : `playback.${value as Playback}`)}
        {...shared("playback")}
      />
      <FacetMenu
        label={t("devices.column.activated")}
        values={ACTIVATED}
        nameOf={(value) => t(ACTIVATED_WORDS[value as Activated])}
        {...shared("activated")}
      />
    </>
  );
}
