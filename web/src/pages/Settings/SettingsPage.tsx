import { Button, TextInput } from "@mantine/core";
import { type FormEvent, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { version } from "../../../package.json";
import { useIsLive } from "../../api/live_state";
import { useOverview } from "../../api/overview";
import { useOwnAccount } from "../../api/own_access";
import { useMe } from "../../api/session";
import { Ago } from "../../components/Ages";
import { Fact, Facts } from "../../components/Facts";
import { Page } from "../../components/Page";
import { LanguageSwitch, ThemeSwitch } from "../../components/Preferences";
import { lazyPart } from "../../components/parts";
import { useToasts } from "../../components/toasts";
import { grafanaAddress, isWebAddress, setGrafanaAddress } from "../../lib/grafana";
import { Card } from "./Card";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import classes from "./SettingsPage.module.css";
import { Tokens } from "./Tokens";

const PasswordDialog = lazyPart(() => import("../../components/PasswordDialog"));

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("nav.settings")}>
      <div className={classes.grid}>
        <Card title={t("settings.look")}>
          <div className={classes.row}>
            <LanguageSwitch />
            <ThemeSwitch />
          </div>
          <p className="dim">{t("settings.lookHelp")}</p>
        </Card>
        <Account />
        <SecondFactor />
        <Tokens />
        <Sessions />
        <Grafana />
        <About />
      </div>
    </Page>
  );
}

function Account() {
  const { t } = useTranslation();
  const me = useMe();
  const hasPassword = useOwnAccount().data?.single_sign_on === false;
  const [isOpen, setOpen] = useState(false);
  if (me === undefined) return null;
  return (
    <Card title={t("nav.account")}>
      <Facts>
        <Fact name={t("login.username")}>{me.username}</Fact>
        <Fact name={t("settings.role")}>{t(`role.${me.role}`)}</Fact>
        <Fact name={t("overview.sources")}>
          {me.sources.includes("*") ? t("settings.allSources") : me.sources.join(", ") || t("settings.noSources")}
        </Fact>
      </Facts>
      <div>
        <Button size="xs" variant="default" disabled={!hasPassword} onClick={() => setOpen(true)}>
          {t("nav.changePassword")}
        </Button>
      </div>
      <Suspense>{isOpen && <PasswordDialog onClose={() => setOpen(false)} />}</Suspense>
    </Card>
  );
}

function Grafana() {
  const { t } = useTranslation();
  const toasts = useToasts();
  const [address, setAddress] = useState(grafanaAddress);
  const isFit = address === "" || isWebAddress(address);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (!isFit) return;
    setGrafanaAddress(address);
    toasts.done(t("settings.saved"));
  }

  return (
    <Card title="Grafana">
      <p className="dim">{t("settings.grafanaHelp", { path: `${window.location.origin}/api/prometheus` })}</p>
      <form className={classes.row} onSubmit={onSubmit} noValidate>
        <TextInput
          name="grafana"
          className={classes.wide ?? ""}
          size="xs"
          aria-label={t("settings.grafanaAddress")}
          placeholder="https://grafana.example"
          value={address}
          error={isFit ? undefined : t("settings.noAddress")}
          onChange={(event) => setAddress(event.currentTarget.value.trim())}
        />
        <Button type="submit" size="xs" variant="default">
          {t("settings.save")}
        </Button>
      </form>
    </Card>
  );
}

function About() {
  const { t } = useTranslation();
  const isLive = useIsLive();
  const overview = useOverview().data;
  return (
    <Card title={t("settings.about")}>
      <Facts>
        <Fact name={t("settings.version")}>{version}</Fact>
        <Fact name={t("settings.live")}>{t(isLive ? "settings.works" : "settings.reconnecting")}</Fact>
        <Fact name="Prometheus">{overview && t(overview.prometheus_up ? "settings.answers" : "settings.silent")}</Fact>
        <Fact name={t("settings.asOf")}>{overview?.as_of && <Ago at={overview.as_of} />}</Fact>
      </Facts>
      <p className="dim">{t("settings.noTelemetry")}</p>
    </Card>
  );
}
