import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Device, deviceKey, useDeviceCounts, useDeviceList } from "../../api/devices";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconDeviceDesktop, IconFilterOff, IconRefresh } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import { useFormat } from "../../i18n/format";
import { countOf } from "../../lib/selection";
import classes from "./DevicesPage.module.css";
import { DeviceTable } from "./DeviceTable";
import { Filters } from "./Filters";
import { type Order, useOrder } from "./order";
import { useRowChoice } from "./row_choice";
import { type DeviceSearch, isFiltered, type SetSearch, toFilter, withoutFilters } from "./search";
import { TableSkeleton } from "./TableSkeleton";

const DeviceDrawer = lazyPart(() => import("./DeviceDrawer"), "device");
const ListTools = lazyPart(() => import("./ListTools"));
const SelectionBar = lazyPart(() => import("./SelectionBar"), "change");

const NO_DEVICES: Device[] = [];
const COUNTS_EVERY_MS = 4_000;

export function DevicesPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/devices" });
  const setSearch = useSetSearch();
  const scrollRef = useRef<HTMLDivElement>(null);
  // The same object as long as it says the same, so that an opened drawer is no other list.
  const filter = useSearch({ from: "/devices", select: toFilter, structuralSharing: true });
  const list = useDeviceList(filter);
  const devices = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? NO_DEVICES, [list.data]);
  const order = useOrder({ filter, shown: devices, scrollRef, isHeld: search.device !== undefined });
  const counts = useDeviceCounts(filter, order.isTouched ? COUNTS_EVERY_MS : false);
  const { total, facets } = (order.isTouched ? counts.data : undefined) ?? list.data?.pages[0] ?? {};

  const choice = useRowChoice(filter, devices);
  const chosen = countOf(choice.selection, total ?? devices.length);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    scrollRef.current?.scrollTo({ top: 0 });
  }, [filter]);

  const { fetchNextPage, isFetchingNextPage } = list;
  const onNearEnd = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);

  return (
    <Page
      title={t("devices.title")}
      layout="fill"
      actions={
        <>
          <OrderPill order={order} />
          <Suspense>
            <ListTools search={search} onChange={setSearch} />
          </Suspense>
        </>
      }
    >
      <Filters search={search} facets={facets} total={total} onChange={setSearch} />
      {list.error && (
        <ErrorPanel error={list.error} onRetry={() => void list.refetch()} variant={list.data ? "line" : "block"} />
      )}
      <div ref={scrollRef} className={`card ${classes.scroll}`} data-testid="device-scroll">
        {list.data === undefined ? (
          list.error === null && <TableSkeleton />
        ) : devices.length === 0 ? (
          <NoDevices search={search} onClear={() => setSearch(withoutFilters(search))} />
        ) : (
          <DeviceTable
            devices={devices}
            total={total ?? devices.length}
            choice={choice}
            sort={filter.sort}
            openKey={search.device}
            chosenColumns={search.columns}
            isOutdated={list.isPlaceholderData}
            hasMore={list.hasNextPage}
            scrollRef={scrollRef}
            onSort={(next) => setSearch({ ...search, sort: next })}
            onOpen={(device) => setSearch({ ...search, device: deviceKey(device) })}
            onNearEnd={onNearEnd}
          />
        )}
        {isFetchingNextPage && <p className={`dim ${classes.more}`}>{t("devices.loadingMore")}</p>}
      </div>
      <Suspense>
        {chosen > 0 && (
          <SelectionBar
            choice={choice}
            filter={filter}
            count={chosen}
            total={total ?? devices.length}
            facets={facets}
          />
        )}
      </Suspense>
      <Suspense>
        {search.device !== undefined && (
          <DeviceDrawer
            openKey={search.device}
            known={devices.find((device) => deviceKey(device) === search.device)}
            onClose={() => setSearch({ ...search, device: undefined })}
          />
        )}
      </Suspense>
    </Page>
  );
}

function useSetSearch(): SetSearch {
  const navigate = useNavigate({ from: "/devices" });
  return useCallback(
    (next, how = "push") => void navigate({ search: next as DeviceSearch, replace: how === "replace" }),
    [navigate],
  );
}

/** Changes that wait for a word from the person before they move rows. */
function OrderPill({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { pending, refresh } = order;
  return (
    <div aria-live="polite">
      {pending !== 0 && (
        <Button size="compact-sm" radius="xl" variant="light" leftSection={<IconRefresh size={14} />} onClick={refresh}>
          {pending === null
            ? t("devices.changedUnknown")
            : t("devices.changed", { count: pending, n: number(pending) })}
        </Button>
      )}
    </div>
  );
}

function NoDevices({ search, onClear }: { search: DeviceSearch; onClear: () => void }) {
  const { t } = useTranslation();
  if (isFiltered(search)) {
    return (
      <EmptyState icon={IconFilterOff} title={t("devices.noneTitle")} text={t("devices.noneText")}>
        <Button variant="light" onClick={onClear}>
          {t("devices.noneAct")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconDeviceDesktop} title={t("devices.emptyTitle")} text={t("devices.emptyText")}>
      <LinkButton to="/exporters" variant="light">
        {t("devices.emptyAct")}
      </LinkButton>
    </EmptyState>
  );
}
