import { useTranslation } from "react-i18next";
import { useIsAdmin } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { IconCircleCheck, IconCircleDashed, IconPlug } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import classes from "./OverviewPage.module.css";

/** Without sources: what to do next, and how far it is. */
export function FirstRun() {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  if (!isAdmin) {
    return <EmptyState icon={IconPlug} title={t("devices.emptyTitle")} text={t("overview.firstManager")} />;
  }
  return (
    <section className={`card ${classes.firstRun}`}>
      <h2>{t("overview.firstTitle")}</h2>
      <ol>
        <li className={classes.step}>
          <IconCircleCheck size={18} aria-hidden className={classes.done} /> {t("overview.first1")}
        </li>
        <li className={classes.step}>
          <IconCircleDashed size={18} aria-hidden /> <strong>{t("overview.first2")}</strong>
        </li>
        <li className={`dim ${classes.step}`}>
          <IconCircleDashed size={18} aria-hidden /> {t("overview.first3")}
        </li>
      </ol>
      <LinkButton to="/exporters" leftSection={<IconPlug size={16} />}>
        {t("overview.firstAct")}
      </LinkButton>
    </section>
  );
}
