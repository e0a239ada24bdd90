import { useInfiniteQuery } from "@tanstack/react-query";
import { authorizedFetch } from "./client";
import { getAvailability, getGetAvailabilityCsvUrl, getGetAvailabilityXlsxUrl } from "./generated/registry";
import { problemOf } from "./problem";

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

/** The whole report as a file. A link could not carry the token. */
export async function fetchAvailabilityFile(
  question: AvailabilityQuestion,
  kind: AvailabilityFile,
  language: string,
): Promise<Blob> {
  const url = URL_OF[kind]({ ...paramsOf(question), language: language === "ru" ? "ru" : "en" });
  const response = await authorizedFetch(url);
  if (!response.ok) throw await problemOf(response);
  return await response.blob();
}
