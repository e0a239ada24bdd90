import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import { useProblemText } from "./problem_text";
import classes from "./toasts.module.css";

const UNDO_MS = 10_000;

export interface Toasts {
  /** With `undo`, offers to take it back for ten seconds. */
  done: (message: string, undo?: () => void) => void;
  failed: (error: unknown) => void;
}

export function useToasts(): Toasts {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return {
    done: (message, undo) => {
      const id = notifications.show({
        autoClose: undo ? UNDO_MS : 5_000,
        closeButtonProps: { "aria-label": t("common.close") },
        message: undo ? (
          <span className={classes.toast}>
            {message}
            <Button
              size="compact-xs"
              variant="light"
              onClick={() => {
                notifications.hide(id);
                undo();
              }}
            >
              {t("exporters.undo")}
            </Button>
          </span>
        ) : (
          message
        ),
      });
    },
    failed: (error) => {
      const { title, detail } = problemText(error);
      const requestId = isApiError(error) ? error.requestId : null;
      notifications.show({
        color: "red",
        title,
        message: requestId ? `${detail} ${t("error.requestId")}: ${requestId}` : detail,
        autoClose: 12_000,
        closeButtonProps: { "aria-label": t("common.close") },
      });
    },
  };
}
