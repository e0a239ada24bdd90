import { useTranslation } from "react-i18next";

/** What the code of a failed poll means, and the exporter's own words. Codes of somebody else's exporter mean nothing here. */
export function ReasonDetail({ code, words }: { code: string | null | undefined; words: string | null | undefined }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      {code && i18n.exists(`reasonMeans.${code}`) && <p>{t(`reasonMeans.${code as "timeout"}`)}</p>}
      {words && <Verbatim words={words} />}
    </>
  );
}

/** What a program wrote, in the language that programs write in. */
export function Verbatim({ words }: { words: string }) {
  const { t } = useTranslation();
  return (
    <p className="dim">
      {t("reasonMeans.verbatim")} <q lang="en">{words}</q>
    </p>
  );
}
