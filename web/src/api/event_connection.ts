/**
 * One connection for server-sent events. Rules kept here: the token goes in a header, never in the address; a hidden tab
 * holds no connection (browsers allow six per host over HTTP/1.1).
 */

import { authorizedFetch } from "./client";
import { problemOf } from "./problem";
import { createEventParser, type ServerEvent } from "./sse";

/** Every stream sends something more often, a comment if nothing else; this long a silence means a dead connection. */
const SILENCE_MS = 20_000;
const HIDDEN_GRACE_MS = 10_000;

interface Hearing {
  onOpen: () => void;
  onEvent: (event: ServerEvent) => void;
}

/** Returns when the connection ends, for whatever reason but a refusal, which it throws. */
export async function readEvents(url: string, stop: AbortSignal, { onOpen, onEvent }: Hearing): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  stop.addEventListener("abort", end);
  const stopWatching = whenHiddenFor(HIDDEN_GRACE_MS, end);
  let silence = setTimeout(end, SILENCE_MS);
  try {
    const response = await authorizedFetch(url, {
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
      for (const event of parse(decoder.decode(part.value, { stream: true }))) onEvent(event);
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

export function untilVisible(stop: AbortSignal): Promise<void> {
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

export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
