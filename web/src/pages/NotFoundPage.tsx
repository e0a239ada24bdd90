import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { IconHelpCircle } from "../components/icons";
import { LinkButton } from "../components/LinkButton";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={IconHelpCircle} title={t("notFound.title")} text={t("notFound.text")}>
      <LinkButton to="/overview" variant="light">
        {t("notFound.act")}
      </LinkButton>
    </EmptyState>
  );
}
