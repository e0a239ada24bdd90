export const TABS = ["health", "sources", "devices", "logs", "history"] as const;
export type ExporterTab = (typeof TABS)[number];

/** Refused by the server to others. */
export const FOR_ADMINS: readonly ExporterTab[] = ["logs", "history"];

export interface ExporterSearch {
  tab?: ExporterTab;
}

export function readExporterSearch(raw: Record<string, unknown>): ExporterSearch {
  const tab = TABS.find((each) => each === raw.tab);
  return tab === undefined || tab === "health" ? {} : { tab };
}
