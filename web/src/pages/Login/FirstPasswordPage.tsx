import { useTranslation } from "react-i18next";
import { useLogout } from "../../api/session";
import { PasswordForm } from "../../components/PasswordForm";
import { EntryFrame } from "./EntryFrame";
import classes from "./EntryFrame.module.css";

/** A password that was given by somebody else is changed before anything else: the server allows nothing more. */
export default function FirstPasswordPage() {
  const { t } = useTranslation();
  const logout = useLogout();
  return (
    <EntryFrame title={t("password.title")} text={t("password.why")}>
      <PasswordForm />
      <button type="button" className={classes.leave} onClick={() => logout.mutate()}>
        {t("nav.signOut")}
      </button>
    </EntryFrame>
  );
}
