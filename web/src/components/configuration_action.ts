import { useTranslation } from "react-i18next";

/** What was done to an exporter or a source; what a newer registry may do is shown by its code. */
export function useConfigurationAction(): (action: string) => string {
  const { t, i18n } = useTranslation();
  return (action) => {
    const known = action.replace(/^exporter_/, "");
    return i18n.exists(`configurationAction.${known}`) ? t(`configurationAction.${known as "created"}`) : action;
  };
}
