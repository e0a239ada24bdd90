export interface ExportersSearch {
  /** Absent: cards. */
  as?: "table";
}

export function readExportersSearch(raw: Record<string, unknown>): ExportersSearch {
  return raw.as === "table" ? { as: "table" } : {};
}
