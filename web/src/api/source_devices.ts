import { useQueryClient } from "@tanstack/react-query";
import { call } from "./client";
import { exportersQuery } from "./exporters";
import {
  getPostExportersNameSourcesSourceDevicesUrl,
  type postExportersNameSourcesSourceDevices,
} from "./generated/registry";

export type DevicesReport = Awaited<ReturnType<typeof postExportersNameSourcesSourceDevices>>;

/** The list of devices of one source: more of them from a paste or a file, and some taken away again. */
export function useSourceDevices(exporter: string, source: string) {
  const queryClient = useQueryClient();
  const changed = () => queryClient.invalidateQueries(exportersQuery);
  return {
    /** First column of each line; with `isDry` nothing is stored. */
    add: async (table: Blob, isDry: boolean): Promise<DevicesReport> => {
      const params = isDry ? { dry_run: true } : undefined;
      const report = await call<DevicesReport>(getPostExportersNameSourcesSourceDevicesUrl(exporter, source, params), {
        method: "POST",
        headers: { "Content-Type": "text/csv" },
        body: table,
      });
      if (!isDry) void changed();
      return report;
    },
    remove: async (devices: string[]): Promise<void> => {
      const url = getPostExportersNameSourcesSourceDevicesUrl(exporter, source);
      const headers = { "Content-Type": "application/json" }; // text would be read as lines to add
      await call<DevicesReport>(url, { method: "POST", headers, body: JSON.stringify({ remove: devices }) });
      void changed();
    },
  };
}

export function addedOf({ lines }: DevicesReport): string[] {
  return lines.filter(({ outcome }) => outcome === "added").map(({ value }) => value);
}
