import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { endOf, isTimeOfDay, LENGTHS, type Length } from "../lib/silences";
import classes from "./SilenceLength.module.css";

interface SilenceLengthProps {
  length: Length;
  onChange: (length: Length) => void;
}

/** How long it is to last, and when that is over. */
export function SilenceLength({ length, onChange }: SilenceLengthProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <fieldset className={classes.lengths}>
        <legend>{t("silences.until")}</legend>
        {LENGTHS.map((each) => (
          <button key={each} type="button" aria-pressed={each === length} onClick={() => onChange(each)}>
            {t(`silences.length.${each}`)}
          </button>
        ))}
        <input
          type="time"
          name="silence-until"
          aria-label={t("silences.untilTime")}
          data-chosen={isTimeOfDay(length)}
          onChange={({ currentTarget: { value } }) => {
            if (isTimeOfDay(value)) onChange(value);
          }}
        />
      </fieldset>
      <p className="dim num">{t("silences.ends", { when: format.instant(endOf(length, new Date()).toISOString()) })}</p>
    </>
  );
}
