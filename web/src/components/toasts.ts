import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import { useProblemText } from "./problem_text";
import { showToast } from "./toast_store";

export interface Toasts {
  /** With `undo`, offers to take it back for ten seconds. */
  done: (message: string, undo?: () => void) => void;
  failed: (error: unknown) => void;
}

export function useToasts(): Toasts {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return {
    done: (message, undo) =>
      showToast({
        kind: "done",
        title: null,
        message,
        action: undo ? { label: t("common.undo"), act: undo } : null,
      }),
    failed: (error) => {
      const { title, detail } = problemText(error);
      const requestId = isApiError(error) ? error.requestId : null;
      const message = requestId ? `${detail} ${t("error.requestId")}: ${requestId}` : detail;
      showToast({ kind: "failed", title, message, action: null });
    },
  };
}
