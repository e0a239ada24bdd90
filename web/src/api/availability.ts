import { useInfiniteQuery } from "@tanstack/react-query";
import { fetchFile } from "./file";
import { getAvailability, getGetAvailabilityCsvUrl, getGetAvailabilityXlsxUrl } from "./generated/registry";

export type AvailabilityRow = Awaited<ReturnType<typeof getAvailability>>["items"][number];
export type AvailabilityGroup = "source" | "site" | "device";

export interface AvailabilityQuestion {
  from: string;
  to: string;
  group: AvailabilityGroup;
  source: string | undefined;
}

const PAGE_SIZE = 100;

function paramsOf({ source, ...question }: AvailabilityQuestion) {
  return source ? { ...question, source } : question;
}

/** How long devices were on, over closed days. */
export function useAvailability(question: AvailabilityQuestion) {
  return useInfiniteQuery({
    queryKey: ["availability", question],
    queryFn: ({ pageParam, signal }) => {
      const page = pageParam === null ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, cursor: pageParam };
      return getAvailability({ ...paramsOf(question), ...page }, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
}

export type AvailabilityFile = "csv" | "xlsx";

const URL_OF = { csv: getGetAvailabilityCsvUrl, xlsx: getGetAvailabilityXlsxUrl };

/** The whole report as a file. */
export function fetchAvailabilityFile(
  question: AvailabilityQuestion,
  kind: AvailabilityFile,
  language: string,
): Promise<Blob> {
  return fetchFile(URL_OF[kind]({ ...paramsOf(question), language: language === "ru" ? "ru" : "en" }));
}
