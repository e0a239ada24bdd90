/**
 * The live stream. After any gap everything is read anew, because events were missed.
 */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isApiError } from "./client";
import { DEVICE_DETAILS, type DeviceDetail } from "./device";
import { DEVICE_LISTS, type Device, deviceKey } from "./devices";
import { pause, readEvents, untilVisible } from "./event_connection";
import { getGetStreamUrl } from "./generated/gateway";
import { byKey, type LoadedPages, patchOverview, patchPages, type Tick } from "./live_patch";
import { setLive } from "./live_state";
import { overviewQuery } from "./overview";
import { forgetChanges, rememberChanges } from "./recent_changes";
import type { ServerEvent } from "./sse";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const OVERVIEW_EVERY_MS = 2_000;

/** `null` means that changes were missed and the list must be read anew. `shown` still holds the rows as they were. */
export type ChangeListener = (changed: readonly Device[] | null) => void;
const changeListeners = new Set<ChangeListener>();

/** Hears of changed devices just before the cached rows are patched. */
export function useDeviceChanges(listener: ChangeListener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const stable: ChangeListener = (changed) => latest.current(changed);
    changeListeners.add(stable);
    return () => {
      changeListeners.delete(stable);
    };
  }, []);
}

/** Mounted once, while somebody is signed in. */
export function useLiveStream(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    void keepStreaming(createHandler(queryClient), stop.signal);
    return () => {
      stop.abort();
      setLive(false);
    };
  }, [queryClient]);
}

interface StreamHandler {
  onEvent: (event: ServerEvent) => void;
  onGap: () => void;
}

export function createHandler(queryClient: QueryClient): StreamHandler {
  let overviewReadAt = 0;
  let asOf: string | null = null;
  const onGap = (): void => {
    forgetChanges();
    for (const listener of changeListeners) listener(null);
    void queryClient.invalidateQueries(overviewQuery);
    void queryClient.invalidateQueries({ queryKey: DEVICE_DETAILS });
  };
  const onTick = (tick: Tick): void => {
    asOf = tick.as_of;
    queryClient.setQueryData(overviewQuery.queryKey, (overview) => overview && patchOverview(overview, tick));
    if (tick.changed === 0 || Date.now() - overviewReadAt < OVERVIEW_EVERY_MS) return;
    overviewReadAt = Date.now();
    void queryClient.invalidateQueries(overviewQuery);
  };
  const onDevices = (devices: Device[]): void => {
    if (asOf !== null) rememberChanges(devices, asOf);
    for (const listener of changeListeners) listener(devices);
    const changed = byKey(devices);
    queryClient.setQueriesData<LoadedPages>({ queryKey: DEVICE_LISTS }, (pages) => pages && patchPages(pages, changed));
    for (const device of devices) {
      const queryKey = [...DEVICE_DETAILS, deviceKey(device)];
      if (queryClient.getQueryData(queryKey) === undefined) continue;
      queryClient.setQueryData<DeviceDetail>(queryKey, (detail) => detail && { ...detail, ...device });
      // The event says what the device is now; the evidence for it has to be asked for.
      void queryClient.invalidateQueries({ queryKey });
    }
  };
  return {
    onGap,
    onEvent: ({ event, data }) => {
      if (event === "tick") onTick(JSON.parse(data));
      if (event === "devices") onDevices(JSON.parse(data));
      if (event === "resync") onGap();
    },
  };
}

async function keepStreaming(handler: StreamHandler, stop: AbortSignal): Promise<void> {
  let delay = FIRST_DELAY_MS;
  let isFirst = true;
  while (!stop.aborted) {
    await untilVisible(stop);
    try {
      await readEvents(getGetStreamUrl(), stop, {
        onEvent: handler.onEvent,
        onOpen: () => {
          if (!isFirst) handler.onGap();
          isFirst = false;
          delay = FIRST_DELAY_MS;
          setLive(true);
        },
      });
    } catch (error) {
      // 401 that a refresh did not cure: the session gate takes over and mounts a new stream after signing in.
      if (isApiError(error) && error.status === 401) stop = AbortSignal.abort();
    }
    setLive(false);
    if (stop.aborted) return;
    await pause(delay * (0.75 + Math.random() / 2), stop);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  }
}
