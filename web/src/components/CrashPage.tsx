import { useTranslation } from "react-i18next";
import classes from "./CrashPage.module.css";
import { ErrorPanel } from "./ErrorPanel";

/** What is left when a page throws while it renders. */
export function CrashPage({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <p>{t("error.crashText")}</p>
      <ErrorPanel error={error} onRetry={() => window.location.reload()} />
    </div>
  );
}
