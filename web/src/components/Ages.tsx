import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type Format, useFormat } from "../i18n/format";
import { serverNow, subscribeToSeconds } from "../lib/clock";
import { secondsSince } from "../lib/time";

/** Renders again only when the words change, not each second. */
export function useAge(iso: string | null | undefined, say: (seconds: number) => string): string {
  return useSyncExternalStore(subscribeToSeconds, () => (iso ? say(secondsSince(iso, serverNow())) : ""));
}

/** How long something has lasted; the instant itself on hover. */
export function Since({ at, isAtLeast = false }: { at: string; isAtLeast?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const duration = useAge(at, format.briefDuration);
  const when = format.instant(at);
  return (
    <time className="num" dateTime={at} title={isAtLeast ? t("devices.atLeastHelp", { when }) : when}>
      {isAtLeast ? `≥ ${duration}` : duration}
    </time>
  );
}

/** When something was or will be, seen from now: `4 sec. ago`, `in 30 sec.`; the instant itself on hover. */
export function Ago({ at }: { at: string }) {
  const format = useFormat();
  return (
    <time className="num" dateTime={at} title={format.instant(at)}>
      {useRelative(at, format)}
    </time>
  );
}

/** The same as briefly as a column needs it: `18m ago`. */
export function BriefAgo({ at }: { at: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge(at, format.age);
  return (
    <time className="num" dateTime={at} title={format.instant(at)}>
      {t("strip.ago", { age })}
    </time>
  );
}

export function useRelative(at: string, format: Format): string {
  return useAge(at, (seconds) => format.relative(-seconds));
}
