import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type User, useResetPassword } from "../../api/users";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SecretOnce } from "../../components/SecretOnce";
import classes from "./UsersPage.module.css";

/** The new password stands here once; its owner must change it at the next sign-in. */
export default function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const reset = useResetPassword();
  const { username } = user;
  return (
    <Dialog onClose={onClose} title={t("users.reset", { name: username })}>
      <div className={classes.dialog}>
        {reset.data === undefined ? (
          <>
            <p>{t("users.resetText")}</p>
            {reset.error && <ErrorPanel error={reset.error} variant="line" />}
            <div className={classes.dialogActions}>
              <Button variant="default" onClick={onClose}>
                {t("common.cancel")}
              </Button>
              <Button loading={reset.isPending} onClick={() => reset.mutate(username)}>
                {t("users.resetAct")}
              </Button>
            </div>
          </>
        ) : (
          <>
            <p>{t("users.resetDone")}</p>
            <SecretOnce value={reset.data} />
            <div className={classes.dialogActions}>
              <Button onClick={onClose}>{t("common.close")}</Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
