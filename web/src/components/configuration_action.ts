import { useTranslation } from "react-i18next";

/** What was done to an exporter or a source; what a newer registry may do is shown by its code. */
export function useConfigurationAction(): (action: string) => string {
  const { t, i18n } = useTranslation();
  return (action) =>
    i18n.exists(`configurationAction.${action}`) ? t(`configurationAction.${action as "created"}`) : action;
}
