import { Button, CloseButton } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconCheck } from "./icons";
import classes from "./ToastStack.module.css";
import { currentToasts, hideToast, subscribeToToasts, type Toast } from "./toast_store";

/** The corner where toasts appear; screen readers hear them without losing their place. */
export function ToastStack() {
  const toasts = useSyncExternalStore(subscribeToToasts, currentToasts);
  return (
    <div className={classes.stack} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const { id, kind, title, message, action } = toast;
  const Icon = kind === "done" ? IconCheck : IconAlertTriangle;
  return (
    <div className={classes.toast} data-kind={kind}>
      <Icon size={18} aria-hidden />
      <div className={classes.text}>
        {title && <strong>{title}</strong>}
        <span>{message}</span>
      </div>
      {action && (
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            hideToast(id);
            action.act();
          }}
        >
          {action.label}
        </Button>
      )}
      <CloseButton size="sm" aria-label={t("common.close")} onClick={() => hideToast(id)} />
    </div>
  );
}
