/**
 * A form for the flat JSON Schemas of sources: what fields there are, what stands in them, and what is sent. The server
 * is the validator; here its answers are only led back to the field, and in a list to the line, that they are about.
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type FieldKind = "text" | "secret" | "number" | "boolean" | "choice" | "lines";

export interface Field {
  name: string;
  kind: FieldKind;
  title: string;
  description: string | null;
  isRequired: boolean;
  isWholeNumber: boolean;
  /** A list of the source's devices. */
  isDevices: boolean;
  choices: string[];
  initial: unknown;
}

/** What stands in a field. A secret is undefined until somebody types a new one. */
export type FieldValue = string | boolean | undefined;
export type FormValues = Record<string, FieldValue>;

type Properties = Record<string, unknown>;

function record(value: unknown): Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
}

function texts(property: Properties, language: string): { title: string | null; description: string | null } {
  const own = record(record(property["x-text"])[language]);
  const pick = (key: "title" | "description"): string | null => {
    const found = own[key] ?? property[key];
    return typeof found === "string" ? found : null;
  };
  return { title: pick("title"), description: pick("description") };
}

export function readFields(schema: unknown, language: string): Field[] {
  const { properties, required } = record(schema);
  const names = Array.isArray(required) ? required : [];
  return Object.entries(record(properties)).map(([name, definition]) => {
    const property = record(definition);
    const { title, description } = texts(property, language);
    return {
      name,
      kind: kindOf(property),
      title: title ?? name.replaceAll("_", " "),
      description,
      isRequired: names.includes(name),
      isWholeNumber: property.type === "integer",
      isDevices: property["x-devices"] === true,
      choices: Array.isArray(property.enum) ? property.enum.map(String) : [],
      initial: property.default,
    };
  });
}

function kindOf(property: Properties): FieldKind {
  if (property["x-secret"] === true) return "secret";
  if (Array.isArray(property.enum)) return "choice";
  if (property.type === "array") return "lines";
  if (property.type === "boolean") return "boolean";
  if (property.type === "number" || property.type === "integer") return "number";
  return "text";
}

/** `config` is null for a new source, which begins with the schema's defaults. */
export function initialValues(fields: readonly Field[], config: Properties | null): FormValues {
  return Object.fromEntries(
    fields.map((field) => [field.name, shown(field, config === null ? field.initial : config[field.name])]),
  );
}

function shown({ kind }: Field, value: unknown): FieldValue {
  if (kind === "secret") return undefined;
  if (kind === "boolean") return value === true;
  if (kind === "lines") return Array.isArray(value) ? value.map(String).join("\n") : "";
  return value === undefined || value === null ? "" : String(value);
}

/** When a secret was last set; null when it never was. */
export function secretSetAt(config: Properties | null, name: string): string | null {
  const masked = record(config?.[name]);
  return masked.set === true && typeof masked.set_at === "string" ? masked.set_at : null;
}

export function isSecretSet(config: Properties | null, name: string): boolean {
  return record(config?.[name]).set === true;
}

export interface Entry {
  text: string;
  line: number;
}

/** Entries of a pasted list with the line on which each stands, counted from one. */
export function readEntries(text: string): Entry[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) =>
    line
      .split(/[,;\t]/)
      .map((part) => part.trim().replace(/^"(.*)"$/, "$1"))
      .filter((part) => part !== "")
      .map((part) => ({ text: part, line: index + 1 })),
  );
}

/** What is sent: an untouched secret and an empty field are left out, all else goes as it was typed. */
export function toConfig(fields: readonly Field[], values: FormValues): { [key: string]: Json } {
  const config: { [key: string]: Json } = {};
  for (const field of fields) {
    const value = sent(field, values[field.name]);
    if (value !== undefined) config[field.name] = value;
  }
  return config;
}

function sent({ kind }: Field, value: FieldValue): Json | undefined {
  if (kind === "boolean") return value === true;
  if (typeof value !== "string") return undefined;
  if (kind === "lines") return readEntries(value).map(({ text }) => text);
  const text = value.trim();
  if (text === "") return undefined;
  // What is no number goes as text, so that the server's sentence about it reaches the person.
  if (kind === "number") return Number.isFinite(Number(text.replace(",", "."))) ? Number(text.replace(",", ".")) : text;
  return text;
}

export interface FaultOfServer {
  field: string;
  message: string;
}

export interface LineFault {
  line: number;
  text: string;
  message: string;
}

export interface Faults {
  /** By the name of the field; `name` is the source's own. */
  fields: Record<string, string>;
  lines: Record<string, LineFault[]>;
  /** About nothing that this form shows. */
  other: FaultOfServer[];
}

/** Leads `config.macs[3]` to the line of the fourth entry. */
export function placeFaults(fields: readonly Field[], values: FormValues, faults: readonly FaultOfServer[]): Faults {
  const placed: Faults = { fields: {}, lines: {}, other: [] };
  for (const fault of faults) {
    const path = /^(?:body\.)?(?:config\.)?([A-Za-z0-9_-]+)(?:\[(\d+)\])?/.exec(fault.field);
    const name = path?.[1] ?? "";
    const field = fields.find((each) => each.name === name);
    if (field?.kind === "lines" && path?.[2] !== undefined) {
      const entry = readEntries(String(values[name] ?? ""))[Number(path[2])];
      placed.lines[name] ??= [];
      placed.lines[name].push({ line: entry?.line ?? 0, text: entry?.text ?? "", message: fault.message });
    } else if (field !== undefined || name === "name") {
      placed.fields[name] ??= fault.message;
    } else {
      placed.other.push(fault);
    }
  }
  return placed;
}
