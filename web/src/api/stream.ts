/**
 * The live stream. Rules kept here: the token goes in a header, never in the address; a hidden tab holds no connection
 * (browsers allow six per host over HTTP/1.1); after any gap everything is read anew, because events were missed.
 */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { authorizedFetch, isApiError } from "./client";
import { DEVICE_DETAILS, type DeviceDetail } from "./device";
import { DEVICE_LISTS, type Device, deviceKey } from "./devices";
import { getGetStreamUrl } from "./generated/gateway";
import { byKey, type LoadedPages, patchOverview, patchPages, type Tick } from "./live_patch";
import { setLive } from "./live_state";
import { overviewQuery } from "./overview";
import { problemOf } from "./problem";
import { forgetChanges, rememberChanges } from "./recent_changes";
import { createEventParser, type ServerEvent } from "./sse";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** The gateway sends something each tick (2 s); this long a silence means a dead connection. */
const SILENCE_MS = 20_000;
const HIDDEN_GRACE_MS = 10_000;
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
      await streamOnce(handler, stop, () => {
        if (!isFirst) handler.onGap();
        isFirst = false;
        delay = FIRST_DELAY_MS;
        setLive(true);
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

/** Returns when the connection ends, for whatever reason but a refusal, which it throws. */
async function streamOnce(handler: StreamHandler, stop: AbortSignal, onOpen: () => void): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  stop.addEventListener("abort", end);
  const stopWatching = whenHiddenFor(HIDDEN_GRACE_MS, end);
  let silence = setTimeout(end, SILENCE_MS);
  try {
    const response = await authorizedFetch(getGetStreamUrl(), {
      headers: { Accept: "text/event-stream" },
      signal: ending.signal,
      cache: "no-store",
    });
    if (!response.ok || response.body === null) throw await problemOf(response);
    onOpen();
    const parse = createEventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
      for (const event of parse(decoder.decode(part.value, { stream: true }))) handler.onEvent(event);
    }
  } finally {
    clearTimeout(silence);
    stopWatching();
    stop.removeEventListener("abort", end);
    ending.abort();
  }
}

function whenHiddenFor(ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(act, ms);
  };
  onChange();
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}

function untilVisible(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener("visibilitychange", check);
      stop.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    stop.addEventListener("abort", check);
    check();
  });
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
