import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PasswordForm } from "./PasswordForm";

export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("password.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      centered
    >
      <PasswordForm onDone={onClose} />
    </Modal>
  );
}
