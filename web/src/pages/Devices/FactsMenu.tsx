import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchFactsCsv } from "../../api/facts";
import { useIsAdmin } from "../../api/session";
import { IconMapPin } from "../../components/icons";
import { PopMenu } from "../../components/PopMenu";
import { lazyPart } from "../../components/parts";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";
import classes from "./ListTools.module.css";

const FactsUpload = lazyPart(() => import("../../components/FactsUpload"), "change");

/** What people know of devices, as a table: out of Vitrina, into a spreadsheet and back. */
export function FactsMenu() {
  const { t } = useTranslation();
  const { language } = useFormat();
  const toasts = useToasts();
  const isAdmin = useIsAdmin();
  const [isUploading, setUploading] = useState(false);

  async function download(): Promise<void> {
    try {
      saveBlob("device-facts.csv", await fetchFactsCsv(language === "ru" ? "ru" : "en"));
    } catch (error) {
      toasts.failed(error);
    }
  }

  return (
    <>
      <PopMenu label={t("tools.facts")} Icon={IconMapPin} align="end">
        {(close) => (
          <ul className={classes.views}>
            <li className={classes.view}>
              <button
                type="button"
                onClick={() => {
                  close();
                  void download();
                }}
              >
                {t("tools.factsDownload")}
              </button>
            </li>
            {isAdmin && (
              <li className={classes.view}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    setUploading(true);
                  }}
                >
                  {t("tools.factsUpload")}
                </button>
              </li>
            )}
          </ul>
        )}
      </PopMenu>
      <Suspense>{isUploading && <FactsUpload onClose={() => setUploading(false)} />}</Suspense>
    </>
  );
}
