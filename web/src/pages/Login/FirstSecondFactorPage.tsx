import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refresh } from "../../api/client";
import { useLogout } from "../../api/session";
import { SecondFactorSetup } from "../../components/SecondFactorSetup";
import { EntryFrame } from "./EntryFrame";
import classes from "./EntryFrame.module.css";

/** Where this role must have a second factor, it is set up before anything else: the server allows nothing more. */
export default function FirstSecondFactorPage() {
  const { t } = useTranslation();
  const logout = useLogout();
  const queryClient = useQueryClient();
  // The token at hand is still the one that allows nothing else.
  const goOn = (): void => void refresh().then(() => queryClient.invalidateQueries());
  return (
    <EntryFrame title={t("secondFactor.title")} text={t("secondFactor.why")}>
      <SecondFactorSetup onDone={goOn} />
      <button type="button" className={classes.leave} onClick={() => logout.mutate()}>
        {t("nav.signOut")}
      </button>
    </EntryFrame>
  );
}
