/** Server-sent events from any chunking of the bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html */

export interface ServerEvent {
  event: string;
  data: string;
}

/** Feed it text as it comes; it answers with the events that became complete. */
export function createEventParser(): (chunk: string) => ServerEvent[] {
  let rest = "";
  let event = "";
  let data: string[] = [];
  return (chunk) => {
    const events: ServerEvent[] = [];
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (data.length > 0) events.push({ event: event || "message", data: data.join("\n") });
        event = "";
        data = [];
        continue;
      }
      const [field, value] = splitField(line);
      if (field === "event") event = value;
      if (field === "data") data.push(value);
    }
    return events;
  };
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}
