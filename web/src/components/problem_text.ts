import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import { PartMissing } from "../lib/bring";

const KNOWN = [
  "unauthenticated",
  "forbidden",
  "not-found",
  "precondition-failed",
  "unavailable",
  "too-many-requests",
  "internal",
  "no-answer",
  "unexpected",
  "conflict",
  "invalid",
  "endpoint-refused",
] as const;
const WITH_ADVICE = [
  "forbidden",
  "not-found",
  "precondition-failed",
  "unavailable",
  "too-many-requests",
  "internal",
  "no-answer",
  "unexpected",
] as const;

function oneOf<Known extends string>(list: readonly Known[], kind: string): Known | undefined {
  return list.find((each) => each === kind);
}

export interface ProblemText {
  title: string;
  detail: string;
}

/** A problem in the person's language where we have words for its type; else in the server's. */
export function useProblemText(): (error: unknown) => ProblemText {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof PartMissing) return { title: t("error.part"), detail: t("error.partText") };
    if (!isApiError(error)) {
      return { title: t("error.crash"), detail: error instanceof Error ? error.message : String(error) };
    }
    const known = oneOf(KNOWN, error.kind);
    const advised = oneOf(WITH_ADVICE, error.kind);
    return {
      title: known ? t(`error.${known}`) : error.title || t("error.unexpected"),
      detail: advised ? t(`error.${advised}Text`, { status: error.status }) : error.detail,
    };
  };
}
