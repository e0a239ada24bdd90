import type { SourceOverview } from "../api/overview";

/** Exporters with a source that should be polled and is not; one that waits for its first poll is not failing. */
export function failingExporters(sources: readonly SourceOverview[]): number {
  const failing = sources.filter(({ enabled, up }) => enabled && up === false);
  return new Set(failing.map(({ exporter }) => exporter)).size;
}
