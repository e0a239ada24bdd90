import { useTranslation } from "react-i18next";
import { EmptyState } from "../../components/EmptyState";
import { IconHelpCircle } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";

/** The same for a device that does not exist and for one of somebody else: neither tells which it is. */
export function DeviceNotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={IconHelpCircle} title={t("device.notFoundTitle")} text={t("device.notFoundText")}>
      <LinkButton to="/devices" search={{}} variant="light">
        {t("device.toDevices")}
      </LinkButton>
    </EmptyState>
  );
}
