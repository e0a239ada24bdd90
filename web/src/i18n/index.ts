import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";
import type enMore from "./en.more.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof enMore };
  }
}

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = { ru: "Русский", en: "English" };

const STORAGE_KEY = "vitrina-language";

type Loaders = Record<Language, () => Promise<{ default: object }>>;

const LOADERS: Loaders = { en: () => import("./en.json"), ru: () => import("./ru.json") };
/** What the first pages do not say: comes with the pages and dialogs that do. */
const MORE_LOADERS: Loaders = { en: () => import("./en.more.json"), ru: () => import("./ru.more.json") };

/** The one that the page's first script chose: what was picked before, else what the browser asks for. */
function initialLanguage(): Language {
  return document.documentElement.lang === "ru" ? "ru" : "en";
}

const loaded = new Set<object>();

async function load(loaders: Loaders, language: Language): Promise<void> {
  const texts = (await loaders[language]()).default;
  if (loaded.has(texts)) return;
  loaded.add(texts);
  i18next.addResourceBundle(language, "translation", texts, true);
}

let isMoreWanted = false;

/** Brings the code of a page or dialog together with the texts that only such say. */
export async function withMoreTexts<Loaded>(code: Promise<Loaded>): Promise<Loaded> {
  isMoreWanted = true;
  await load(MORE_LOADERS, document.documentElement.lang === "ru" ? "ru" : "en");
  return code;
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
  await Promise.all([load(LOADERS, language), isMoreWanted && load(MORE_LOADERS, language)]);
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
