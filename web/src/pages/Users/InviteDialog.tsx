import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useInvite } from "../../api/invitations";
import type { User } from "../../api/users";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SecretOnce } from "../../components/SecretOnce";
import classes from "./UsersPage.module.css";

/** A link by which somebody chooses the first password; a new one ends the one before. */
export default function InviteDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const invite = useInvite();
  const { username } = user;
  return (
    <Dialog onClose={onClose} title={t("users.invite", { name: username })}>
      <div className={classes.dialog}>
        <p>{t(invite.data === undefined ? "users.inviteText" : "users.inviteDone")}</p>
        {invite.error && <ErrorPanel error={invite.error} variant="line" />}
        {invite.data !== undefined && <SecretOnce value={invite.data} />}
        <div className={classes.dialogActions}>
          {invite.data === undefined && (
            <Button loading={invite.isPending} onClick={() => invite.mutate(username)}>
              {t("users.inviteAct")}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
