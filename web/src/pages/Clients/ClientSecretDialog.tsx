import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { SecretOnce } from "../../components/SecretOnce";
import classes from "../Users/UsersPage.module.css";

interface ClientSecretDialogProps {
  client: { name: string; client_id: string; client_secret: string };
  onClose: () => void;
}

/** What a program needs to sign in; the secret stands here once. */
export default function ClientSecretDialog({ client, onClose }: ClientSecretDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog onClose={onClose} title={client.name}>
      <div className={classes.dialog}>
        <p>{t("clients.once")}</p>
        <code className="mono">{client.client_id}</code>
        <SecretOnce value={client.client_secret} />
        <div className={classes.dialogActions}>
          <Button onClick={onClose}>{t("common.close")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
