export const TABS = ["health", "sources", "devices", "logs"] as const;
export type ExporterTab = (typeof TABS)[number];

export interface ExporterSearch {
  tab?: ExporterTab;
}

export function readExporterSearch(raw: Record<string, unknown>): ExporterSearch {
  const tab = TABS.find((each) => each === raw.tab);
  return tab === undefined || tab === "health" ? {} : { tab };
}
