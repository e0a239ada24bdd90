import { useEffect, useState } from "react";
import { createLogTail } from "../lib/log_tail";
import { isApiError } from "./client";
import { pause, readEvents, untilVisible } from "./event_connection";
import { getGetExportersNameLogsStreamUrl } from "./generated/registry";

/** As many as are read at once, and as many as are kept; older ones are in the files of the exporter's runtime. */
const TAIL = 1_000;
const MOST_LINES = 5_000;
const AGAIN_MS = 1_000;
const AFTER_REFUSAL_MS = 5_000;
const BUNCH_MS = 100;
const NOT_FOUND = 404;
const UNAUTHENTICATED = 401;

export interface FollowedLog {
  /** Undefined before anything was heard. */
  lines: string[] | undefined;
  error: unknown;
}

const NOTHING: FollowedLog = { lines: undefined, error: null };

/** An exporter's log, as it is written. A new connection begins with the newest lines, which replace those before. */
export function useFollowedLog(exporter: string): FollowedLog {
  const [log, setLog] = useState(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    void follow(exporter, stop.signal, setLog);
    return () => stop.abort();
  }, [exporter]);
  return log;
}

async function follow(
  exporter: string,
  stop: AbortSignal,
  onLog: (next: FollowedLog | ((log: FollowedLog) => FollowedLog)) => void,
): Promise<void> {
  const url = getGetExportersNameLogsStreamUrl(exporter, { tail: TAIL });
  while (!stop.aborted) {
    await untilVisible(stop);
    const tail = createLogTail(
      MOST_LINES,
      (lines) => !stop.aborted && onLog({ lines, error: null }),
      (act) => setTimeout(act, BUNCH_MS),
    );
    let wait = AGAIN_MS;
    try {
      await readEvents(url, stop, {
        onOpen: tail.show,
        onEvent: ({ event, data }) => event === "line" && tail.add(JSON.parse(data)),
      });
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof DOMException && error.name === "AbortError") continue; // hidden for a while, or fell silent
      if (isApiError(error) && error.status === UNAUTHENTICATED) return; // the session gate takes over
      const isMissing = isApiError(error) && error.status === NOT_FOUND;
      onLog((log) => (isMissing ? { lines: [], error: null } : { lines: log.lines, error }));
      wait = AFTER_REFUSAL_MS;
    }
    await pause(wait, stop);
  }
}
