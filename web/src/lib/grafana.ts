/** Where Grafana is, as this person told the browser; Vitrina itself has none unless somebody runs it. */

const KEY = "vitrina-grafana";

export function grafanaAddress(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function setGrafanaAddress(address: string): void {
  try {
    if (address === "") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, address);
  } catch {
    // Storage may be forbidden: the link is then not offered.
  }
}

/** An address that a link may lead to: `javascript:` and the like are none. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(text);
}

/** Grafana's Explore with one device's status over a time such as `24h`. */
export function exploreUrl(
  grafana: string,
  device: { platform: string; source: string; device_id: string },
  range: string,
): string {
  const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const { platform, source, device_id } = device;
  const labels = `platform=${quoted(platform)},source=${quoted(source)},device_id=${quoted(device_id)}`;
  const panes = {
    v: {
      datasource: "vitrina",
      queries: [{ refId: "A", expr: `signage_device_up{${labels}}` }],
      range: { from: `now-${range}`, to: "now" },
    },
  };
  return `${grafana.replace(/\/+$/, "")}/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
}
