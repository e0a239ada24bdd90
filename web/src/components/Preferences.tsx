import { ActionIcon, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES } from "../i18n";
import { IconMoon, IconSun, IconSunMoon } from "./icons";
import classes from "./Preferences.module.css";
import { tellPartMissing } from "./parts";

const THEMES = [
  { value: "auto", Icon: IconSunMoon },
  { value: "light", Icon: IconSun },
  { value: "dark", Icon: IconMoon },
] as const;

/** One button that goes round: as the system, light, dark. */
export function ThemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const place = THEMES.findIndex(({ value }) => value === colorScheme);
  const current = THEMES[place] ?? THEMES[0];
  const next = THEMES[(place + 1) % THEMES.length] ?? THEMES[0];
  const label = `${t("theme.label")}: ${t(`theme.${current.value}`)}`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={`${label} → ${t(`theme.${next.value}`)}`}
      onClick={() => setColorScheme(next.value)}
    >
      <current.Icon size={18} />
    </ActionIcon>
  );
}

/** Each language is named in itself, so that it can be found by those who read no other. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className={classes.languages} aria-label={t("language.label")}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === i18n.language}
          aria-label={`${language.toUpperCase()} – ${LANGUAGE_NAMES[language]}`}
          title={LANGUAGE_NAMES[language]}
          onClick={() => void chooseLanguage(language).catch(tellPartMissing)}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </fieldset>
  );
}
