import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import {
  formatAge,
  formatDuration,
  formatInstant,
  formatNumber,
  formatRelative,
  formatShare,
  formatTimeOfDay,
} from "../lib/time";

export interface Format {
  language: string;
  number: (value: number) => string;
  share: (part: number, whole: number) => string;
  duration: (seconds: number) => string;
  /** For tables: `3h 12m`. */
  briefDuration: (seconds: number) => string;
  /** Shorter still: `18m`. */
  age: (seconds: number) => string;
  relative: (seconds: number) => string;
  instant: (iso: string) => string;
  timeOfDay: (iso: string) => string;
}

/** Numbers and times in the language of the page. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(
    () => ({
      language,
      number: (value) => formatNumber(value, language),
      share: (part, whole) => formatShare(part, whole, language),
      duration: (seconds) => formatDuration(seconds, language),
      briefDuration: (seconds) => formatDuration(seconds, language, "narrow"),
      age: (seconds) => formatAge(seconds, language),
      relative: (seconds) => formatRelative(seconds, language),
      instant: (iso) => formatInstant(iso, language),
      timeOfDay: (iso) => formatTimeOfDay(iso, language),
    }),
    [language],
  );
}
