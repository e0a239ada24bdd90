import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = { ru: "Русский", en: "English" };

const STORAGE_KEY = "vitrina-language";

const LOADERS: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./en.json"),
  ru: () => import("./ru.json"),
};

/** The one that the page's first script chose: what was picked before, else what the browser asks for. */
function initialLanguage(): Language {
  return document.documentElement.lang === "ru" ? "ru" : "en";
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, "translation")) return;
  i18next.addResourceBundle(language, "translation", (await LOADERS[language]()).default);
}

export async function setUpLanguage(): Promise<void> {
  const language = initialLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await setLanguage(language);
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  await setLanguage(language);
}
