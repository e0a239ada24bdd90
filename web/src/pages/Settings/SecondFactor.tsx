import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOwnAccount } from "../../api/own_access";
import { ErrorPanel } from "../../components/ErrorPanel";
import { lazyPart } from "../../components/parts";
import { Card } from "./Card";

const SecondFactorDialog = lazyPart(() => import("./SecondFactorDialog"));

/** A code besides the password: whether there is one, and how to have it or not. */
export function SecondFactor() {
  const { t } = useTranslation();
  const { data: account, error, refetch } = useOwnAccount();
  const [dialog, setDialog] = useState<"setUp" | "remove" | null>(null);
  if (account?.single_sign_on) {
    return (
      <Card title={t("secondFactor.title")}>
        <p className="dim">{t("singleSignOn.rights")}</p>
      </Card>
    );
  }
  const act = account?.second_factor ? "remove" : "setUp";
  return (
    <Card title={t("secondFactor.title")}>
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
      <p className="dim">{t(account?.second_factor ? "secondFactor.on" : "secondFactor.off")}</p>
      <div>
        <Button size="xs" variant="default" disabled={account === undefined} onClick={() => setDialog(act)}>
          {t(`secondFactor.${act}`)}
        </Button>
      </div>
      <Suspense>{dialog && <SecondFactorDialog act={dialog} onClose={() => setDialog(null)} />}</Suspense>
    </Card>
  );
}
