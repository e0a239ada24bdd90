import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { refusalInAddress, useLeaveForProvider } from "../api/single_sign_on";
import { ErrorPanel } from "./ErrorPanel";
import { IconAlertTriangle } from "./icons";
import classes from "./LoginForm.module.css";

const REASONS = [
  "cancelled",
  "expired",
  "unavailable",
  "refused",
  "no_role",
  "bad_name",
  "name_taken",
  "disabled",
  "last_admin",
] as const;

/** The way in through the company's provider, and why it did not let somebody in a moment ago. */
export default function SingleSignOn({ name }: { name: string }) {
  const { t } = useTranslation();
  const leave = useLeaveForProvider();
  const reason = REASONS.find((each) => each === refusalInAddress());
  return (
    <>
      {reason && !leave.error && (
        <p className={classes.reason} role="alert">
          <IconAlertTriangle size={17} aria-hidden /> <span>{t(`singleSignOn.${reason}`)}</span>
        </p>
      )}
      {leave.error && <ErrorPanel error={leave.error} variant="line" />}
      <Button
        variant="default"
        fullWidth
        size="md"
        loading={leave.isPending || leave.isSuccess}
        onClick={() => leave.mutate()}
      >
        {name ? t("singleSignOn.through", { name }) : t("singleSignOn.company")}
      </Button>
    </>
  );
}
