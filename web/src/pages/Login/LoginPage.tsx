import { useTranslation } from "react-i18next";
import { LoginForm } from "../../components/LoginForm";
import { EntryFrame } from "./EntryFrame";

export default function LoginPage() {
  const { t } = useTranslation();
  return (
    <EntryFrame title={t("app.name")} text={t("app.tagline")}>
      <LoginForm />
    </EntryFrame>
  );
}
