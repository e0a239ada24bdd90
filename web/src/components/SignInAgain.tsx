import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/session";
import { LoginForm } from "./LoginForm";
import classes from "./SessionGate.module.css";

/** Above the page that it interrupts; it cannot be closed, because nothing works before. */
export default function SignInAgain() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} centered title={t("login.title")}>
      <p className={`dim ${classes.again}`}>{t("login.again")}</p>
      <LoginForm username={me?.username} />
    </Modal>
  );
}
