import { useInfiniteQuery } from "@tanstack/react-query";
import { fetchFile } from "./file";
import {
  getAudit as getPeopleAudit,
  getGetAuditJsonlUrl as getPeopleLinesUrl,
  getAuditVerification as verifyPeople,
} from "./generated/auth";
import {
  getAudit as getConfigurationAudit,
  getGetAuditJsonlUrl as getConfigurationLinesUrl,
  getAuditVerification as verifyConfiguration,
} from "./generated/registry";

export type PeopleEntry = Awaited<ReturnType<typeof getPeopleAudit>>["items"][number];
export type ConfigurationEntry = Awaited<ReturnType<typeof getConfigurationAudit>>["items"][number];

/** Of exporters and sources, or of sign-ins and rights: each is a log of its own. */
export type AuditKind = "configuration" | "people";
export type AuditVerification = Awaited<ReturnType<typeof verifyPeople>>;

const PAGE_SIZE = 50;

function pageOf(cursor: string | null): { limit: number; cursor?: string } {
  return cursor === null ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, cursor };
}

/** Sign-ins and rights, newest first. `user`: who did it or to whom it was done. */
export function usePeopleAudit(user: string | undefined) {
  return useInfiniteQuery({
    queryKey: ["audit", "people", user],
    queryFn: ({ pageParam, signal }) => getPeopleAudit({ ...pageOf(pageParam), ...(user ? { user } : {}) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Changes of exporters and sources, newest first. */
export function useConfigurationAudit(filter: { exporter?: string | undefined; actor?: string | undefined }) {
  return useInfiniteQuery({
    queryKey: ["audit", "configuration", filter],
    queryFn: ({ pageParam, signal }) => {
      const { exporter, actor } = filter;
      const params = { ...(exporter ? { exporter } : {}), ...(actor ? { actor } : {}) };
      return getConfigurationAudit({ ...pageOf(pageParam), ...params }, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
}

/** Walks the whole chain of hashes. */
export function verifyAudit(kind: AuditKind): Promise<AuditVerification> {
  return kind === "people" ? verifyPeople() : verifyConfiguration();
}

/** All entries as JSON lines, the oldest first, each with its hash. */
export function fetchAuditLines(kind: AuditKind): Promise<Blob> {
  return fetchFile(kind === "people" ? getPeopleLinesUrl() : getConfigurationLinesUrl());
}
