import { ActionIcon } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFirstRun } from "../../api/first_run";
import type { Overview } from "../../api/overview";
import { IconCircleCheck, IconCircleDashed, IconX } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { changeFirstSteps } from "../../lib/first_steps";
import classes from "./OverviewPage.module.css";

/** What an installation wants before it serves anybody, ticked from how things are; goes by itself when all is done. */
export default function FirstRun({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const { hasManager, hasDelivery } = useFirstRun();
  const hasSources = overview.sources.length > 0;
  const hasDevices = overview.totals.total > 0;
  if (hasSources && hasDevices && hasManager && hasDelivery) return null;
  return (
    <section className={`card ${classes.firstRun}`} aria-label={t("firstRun.title")}>
      <header className={classes.cardHead}>
        <h2>{t("firstRun.title")}</h2>
        {hasSources && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("firstRun.hide")}
            title={t("firstRun.hide")}
            onClick={() => changeFirstSteps({ isChecklistHidden: true })}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </header>
      <ol>
        <Step name="running" isDone text={t("firstRun.running")} />
        <Step name="account" isDone={hasSources} text={t("firstRun.account")}>
          <LinkButton to="/exporters" size="compact-sm">
            {t("firstRun.accountAct")}
          </LinkButton>
        </Step>
        <Step name="devices" isDone={hasDevices} text={t("firstRun.devices")}>
          <LinkButton to="/devices" size="compact-sm" variant="light">
            {t("firstRun.devicesAct")}
          </LinkButton>
        </Step>
        <Step name="manager" isDone={hasManager} text={t("firstRun.manager")}>
          <LinkButton to="/users" size="compact-sm" variant="light">
            {t("firstRun.managerAct")}
          </LinkButton>
        </Step>
        <Step name="delivery" isDone={hasDelivery} text={t("firstRun.delivery")}>
          <LinkButton to="/notifications" size="compact-sm" variant="light">
            {t("firstRun.deliveryAct")}
          </LinkButton>
        </Step>
      </ol>
    </section>
  );
}

interface StepProps {
  name: string;
  /** Undefined: not known yet. */
  isDone: boolean | undefined;
  text: string;
  /** The way there, as long as it is not done. */
  children?: ReactNode;
}

function Step({ name, isDone, text, children }: StepProps) {
  const { t } = useTranslation();
  const Icon = isDone ? IconCircleCheck : IconCircleDashed;
  return (
    <li className={classes.step} data-step={name} data-done={isDone || undefined}>
      <Icon size={18} aria-hidden />
      <span>
        {text} <span className={classes.hidden}>{isDone ? t("firstRun.done") : t("firstRun.open")}</span>
      </span>
      {!isDone && children}
    </li>
  );
}
