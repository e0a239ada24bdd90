import { useTranslation } from "react-i18next";

/** The code of a failed poll in words. Somebody else's exporter may bring codes of its own: these are shown as they are. */
export function useReasonText(): (code: string) => string {
  const { t, i18n } = useTranslation();
  return (code) => (i18n.exists(`reason.${code}`) ? t(`reason.${code as "timeout"}`) : t("reason.other", { code }));
}
