import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { PasswordForm } from "./PasswordForm";

export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog onClose={onClose} title={t("password.title")}>
      <PasswordForm onDone={onClose} />
    </Dialog>
  );
}
