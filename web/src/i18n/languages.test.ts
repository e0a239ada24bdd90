import i18next from "i18next";
import { describe, expect, it } from "vitest";
import enChange from "./en.change.json";
import enDevice from "./en.device.json";
import enEntry from "./en.entry.json";
import enExporter from "./en.exporter.json";
import enFirst from "./en.json";
import enMore from "./en.more.json";
import ruChange from "./ru.change.json";
import ruDevice from "./ru.device.json";
import ruEntry from "./ru.entry.json";
import ruExporter from "./ru.exporter.json";
import ruFirst from "./ru.json";
import ruMore from "./ru.more.json";

const en = { ...enFirst, ...enChange, ...enDevice, ...enEntry, ...enExporter, ...enMore };
const ru = { ...ruFirst, ...ruChange, ...ruDevice, ...ruEntry, ...ruExporter, ...ruMore };

const PLURAL = /_(zero|one|two|few|many|other)$/;

function keys(texts: object, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [`${prefix}${key}`] : keys(value, `${prefix}${key}.`),
  );
}

function stems(texts: object): string[] {
  return [...new Set(keys(texts).map((key) => key.replace(PLURAL, "")))].sort();
}

function holes(texts: object, prefix = ""): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string"
        ? [[`${prefix}${key}`, [...value.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").sort()]]
        : Object.entries(holes(value, `${prefix}${key}.`)),
    ),
  );
}

describe("the two languages", () => {
  it("keep what comes later apart from what comes first", () => {
    const parts = [enFirst, enChange, enDevice, enEntry, enExporter, enMore].map((texts) => Object.keys(texts));
    expect(parts.flat().sort()).toEqual(Object.keys(en).sort());
    expect([ruFirst, ruChange, ruDevice, ruEntry, ruExporter, ruMore].map((texts) => Object.keys(texts))).toEqual(
      parts,
    );
  });

  it("say the same things", () => {
    expect(stems(ru)).toEqual(stems(en));
  });

  it("have a form for each plural that the language has", () => {
    for (const [language, texts] of [
      ["en", en],
      ["ru", ru],
    ] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const all = new Set(keys(texts));
      const counted = [...all].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, ""));
      const missing = counted.flatMap((stem) => forms.map((form) => `${stem}_${form}`)).filter((key) => !all.has(key));
      expect(missing).toEqual([]);
    }
  });

  it("fill the same gaps", () => {
    const english = holes(en);
    const different = Object.entries(holes(ru)).filter(
      ([key, gaps]) => JSON.stringify(gaps) !== JSON.stringify(english[key] ?? english[key.replace(PLURAL, "_other")]),
    );
    expect(different).toEqual([]);
  });

  it("hold no text that nothing shows", () => {
    const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const code = Object.values(sources).join("\n");
    const composed = [...code.matchAll(/`([\w.-]+)\$\{/g)].map((match) => match[1] ?? "");
    const unused = stems(en).filter(
      (key) => !code.includes(`"${key}"`) && !composed.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });

  it("count in Russian as Russians do", async () => {
    const instance = i18next.createInstance();
    await instance.init({ lng: "ru", resources: { ru: { translation: ru } } });
    const say = (count: number): string => String(instance.t("overview.screens", { count, n: String(count) }));
    expect([1, 3, 25, 21, 112].map(say)).toEqual(["1 экран", "3 экрана", "25 экранов", "21 экран", "112 экранов"]);
  });
});
