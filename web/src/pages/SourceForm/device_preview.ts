import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Source } from "../../api/sources";
import type { DevicePreview } from "../../components/DeviceNotes";
import type { Field, FormValues } from "../../lib/schema_form";
import type { SourceDraft } from "./SourceForm";

const TYPING_MS = 700;

interface PreviewOptions {
  fields: readonly Field[];
  values: FormValues;
  draft: SourceDraft;
  /** The server's check of a draft, without storing it or asking the vendor. */
  dryRun: (draft: SourceDraft) => Promise<Source>;
}

export interface LivePreview {
  data: DevicePreview | undefined;
  error: Error | null;
  /** What the answer is about: lines are counted in it. */
  values: FormValues;
}

/** Of a form with a list of devices: who else has them and how long a poll takes, a moment after the last key. */
export function useDevicePreview({ fields, values, draft, dryRun }: PreviewOptions): LivePreview {
  const [asked] = useDebouncedValue({ values, draft }, TYPING_MS);
  const list = fields.find(({ isDevices }) => isDevices);
  const { data, error } = useQuery({
    queryKey: ["source-preview", asked.draft],
    queryFn: async (): Promise<DevicePreview> => {
      const { cycle_seconds, shared_devices = [] } = await dryRun(asked.draft);
      return { cycleSeconds: cycle_seconds, shared: shared_devices };
    },
    enabled: list !== undefined && asked.draft.name !== "" && String(asked.values[list.name] ?? "").trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return { data: error ? undefined : data, error, values: asked.values };
}
