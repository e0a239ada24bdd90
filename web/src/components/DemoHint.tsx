import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Cause, deviceKey, firstDeviceOf } from "../api/devices";
import { useFirstSteps } from "../api/first_run";
import type { Overview } from "../api/overview";
import { useFormat } from "../i18n/format";
import { changeFirstSteps, firstSteps, HINT_STEPS, type HintStep } from "../lib/first_steps";
import classes from "./DemoHint.module.css";
import { LinkButton } from "./LinkButton";

/** The demo's incident in three steps through the real pages; put away once, it stays away. */
export default function DemoHint({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { taken } = useFirstSteps();
  const take = useSteps(overview);
  const next = HINT_STEPS.find((step) => !taken.includes(step));
  const counts: Record<HintStep, number> = {
    find: countOf(overview, "site_dark"),
    why: countOf(overview, "unauthorized"),
    care: countOf(overview, "site_dark"),
  };
  const skip = (): void => changeFirstSteps({ isHintSkipped: true });
  return (
    <aside className={classes.hint} aria-label={t("hint.label")}>
      <strong>{next === undefined ? t("hint.done") : t("hint.title")}</strong>
      <ol className={classes.steps}>
        {HINT_STEPS.map((step) => (
          <li
            key={step}
            data-taken={taken.includes(step) || undefined}
            aria-current={step === next ? "step" : undefined}
          >
            <button type="button" className={classes.step} data-hint={step} onClick={() => void take(step)}>
              {t(`hint.${step}`, { count: counts[step], n: number(counts[step]) })}
            </button>
          </li>
        ))}
      </ol>
      <span className={classes.end}>
        {next === undefined && (
          <LinkButton to="/exporters" size="compact-sm" onClick={skip}>
            {t("hint.own")}
          </LinkButton>
        )}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={skip}>
          {next === undefined ? t("common.close") : t("hint.skip")}
        </Button>
      </span>
    </aside>
  );
}

function useSteps(overview: Overview): (step: HintStep) => Promise<void> {
  const navigate = useNavigate();
  const failing = overview.sources.find(({ reason }) => reason === "unauthorized");
  return async (step) => {
    changeFirstSteps({ taken: HINT_STEPS.filter((each) => each === step || firstSteps().taken.includes(each)) });
    if (step === "find") await navigate({ to: "/devices", search: { cause: ["site_dark"] } });
    else if (step === "why" && failing) {
      await navigate({ to: "/exporters/$name", params: { name: failing.exporter }, search: {} });
    } else {
      const cause: Cause = step === "why" ? "unauthorized" : "site_dark";
      const device = await firstDeviceOf(cause).catch(() => undefined);
      await navigate({ to: "/devices", search: { cause: [cause], ...(device && { device: deviceKey(device) }) } });
    }
  };
}

function countOf({ causes }: Overview, cause: string): number {
  return causes.find((each) => each.cause === cause)?.count ?? 0;
}
