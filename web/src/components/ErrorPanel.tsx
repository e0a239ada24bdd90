import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import classes from "./ErrorPanel.module.css";
import { IconAlertTriangle, IconCopy, IconRefresh } from "./icons";
import { useProblemText } from "./problem_text";

interface ErrorPanelProps {
  error: unknown;
  onRetry?: () => void;
  /** `line` for an error beside content that is still shown. */
  variant?: "block" | "line";
}

/** What went wrong, what to do, and the id under which the logs know it. */
export function ErrorPanel({ error, onRetry, variant = "block" }: ErrorPanelProps) {
  const { t } = useTranslation();
  const clipboard = useClipboard();
  const { title, detail } = useProblemText()(error);
  const requestId = isApiError(error) ? error.requestId : null;
  return (
    <div className={classes.panel} data-variant={variant} role="alert">
      <IconAlertTriangle size={20} aria-hidden className={classes.icon} />
      <div className={classes.text}>
        <h2>{title}</h2>
        <p className="dim">{detail}</p>
        {requestId && (
          <p className={classes.id}>
            <span className="dim">{t("error.requestId")}</span> <code className="mono">{requestId}</code>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconCopy size={13} />}
              onClick={() => clipboard.copy(`${title}: ${detail} (${requestId})`)}
            >
              {clipboard.copied ? t("error.copied") : t("error.copy")}
            </Button>
          </p>
        )}
      </div>
      {onRetry && (
        <Button size="xs" variant="default" leftSection={<IconRefresh size={15} />} onClick={onRetry}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
