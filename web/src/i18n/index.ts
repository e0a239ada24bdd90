import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { bring } from "../lib/bring";
import type enChange from "./en.change.json";
import type enDevice from "./en.device.json";
import type enEntry from "./en.entry.json";
import type enExporter from "./en.exporter.json";
import type en from "./en.json";
import type enMore from "./en.more.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en & typeof enChange & typeof enDevice & typeof enEntry & typeof enExporter & typeof enMore;
    };
  }
}

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = { ru: "Русский", en: "English" };

const STORAGE_KEY = "vitrina-language";

type Loaders = Record<Language, () => Promise<{ default: object }>>;

const LOADERS: Loaders = { en: () => import("./en.json"), ru: () => import("./ru.json") };
/** What the first pages do not say, in parts that come with the pages and dialogs that do. */
const LATER_LOADERS = {
  device: { en: () => import("./en.device.json"), ru: () => import("./ru.device.json") },
  change: { en: () => import("./en.change.json"), ru: () => import("./ru.change.json") },
  entry: { en: () => import("./en.entry.json"), ru: () => import("./ru.entry.json") },
  exporter: { en: () => import("./en.exporter.json"), ru: () => import("./ru.exporter.json") },
  more: { en: () => import("./en.more.json"), ru: () => import("./ru.more.json") },
} satisfies Record<string, Loaders>;
export type TextPart = keyof typeof LATER_LOADERS;

/** At first the one that the page's first script chose: what was picked before, else what the browser asks for. */
function presentLanguage(): Language {
  return document.documentElement.lang === "ru" ? "ru" : "en";
}

const loaded = new Set<object>();

async function load(loaders: Loaders, language: Language): Promise<void> {
  const texts = (await bring(loaders[language])).default;
  if (loaded.has(texts)) return;
  loaded.add(texts);
  i18next.addResourceBundle(language, "translation", texts, true);
}

const wanted = new Set<TextPart>();

/** Brings one of the parts, also at each later change of the language. */
export async function bringTexts(part: TextPart): Promise<void> {
  wanted.add(part);
  await load(LATER_LOADERS[part], presentLanguage());
}

export async function setUpLanguage(): Promise<void> {
  const language = presentLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await setLanguage(language);
}

export async function setLanguage(language: Language): Promise<void> {
  const later = [...wanted].map((part) => LATER_LOADERS[part]);
  await Promise.all([LOADERS, ...later].map((loaders) => load(loaders, language)));
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** @throws PartMissing its texts did not come; the choice is kept, and holds from the next load on */
export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  await setLanguage(language);
}
