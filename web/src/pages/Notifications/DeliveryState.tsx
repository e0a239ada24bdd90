import { useTranslation } from "react-i18next";
import type { Notifications } from "../../api/notifications";
import classes from "./Notifications.module.css";

const GOOD = ["in_effect", "waiting"];

/** Whether what stands here is in effect, and ways that do not get through. */
export function DeliveryState({ seen: { state, refusal, failing, revision } }: { seen: Notifications }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      {(revision > 0 || state === "file" || state === "silent") && (
        <p className={classes.state} data-delivery={state} data-bad={GOOD.includes(state) ? undefined : true}>
          {t(`notifications.state.${state}`)}
          {refusal && <> {refusal}</>}
        </p>
      )}
      {failing.length > 0 && (
        <p className={classes.state} data-bad>
          {t("notifications.failing", { ways: failing.join(", ") })}
        </p>
      )}
    </div>
  );
}
