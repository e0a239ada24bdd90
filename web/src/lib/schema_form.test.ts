import { describe, expect, it } from "vitest";
import { initialValues, isSecretSet, placeFaults, readEntries, readFields, toConfig } from "./schema_form";

const SCHEMA = {
  type: "object",
  required: ["api_url", "macs"],
  properties: {
    api_url: { type: "string", default: "https://example.com/?mac=", "x-text": { ru: { title: "Адрес" } } },
    api_token: { type: "string", "x-secret": true, title: "Token" },
    macs: { type: "array", items: { type: "string" } },
    request_budget: { type: "number" },
    strict: { type: "boolean", default: true },
    mode: { enum: ["fast", "slow"] },
  },
};
const fields = readFields(SCHEMA, "en");

describe("a form from a schema", () => {
  it("chooses the kind of each field", () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["api_url", "text"],
      ["api_token", "secret"],
      ["macs", "lines"],
      ["request_budget", "number"],
      ["strict", "boolean"],
      ["mode", "choice"],
    ]);
  });

  it("names fields in the language of the page, else by the schema, else by their key", () => {
    expect(
      readFields(SCHEMA, "ru")
        .map(({ title }) => title)
        .slice(0, 3),
    ).toEqual(["Адрес", "Token", "macs"]);
    expect(fields[0]?.title).toBe("api url");
  });

  it("begins a new source with defaults and a present one with what it has", () => {
    expect(initialValues(fields, null)).toMatchObject({ api_url: "https://example.com/?mac=", macs: "", strict: true });
    expect(initialValues(fields, { macs: ["A", "B"], request_budget: 5 })).toMatchObject({
      macs: "A\nB",
      request_budget: "5",
      strict: false,
    });
  });

  it("survives a schema that is none", () => {
    expect(readFields(null, "en")).toEqual([]);
    expect(readFields({ properties: "?" }, "en")).toEqual([]);
  });
});

describe("secrets", () => {
  const config = { api_token: { set: true, set_at: "2026-11-01T00:00:00Z" } };

  it("never stand in the form", () => {
    expect(initialValues(fields, config).api_token).toBeUndefined();
    expect(isSecretSet(config, "api_token")).toBe(true);
  });

  it("are not sent unless they were typed", () => {
    expect(toConfig(fields, initialValues(fields, config))).not.toHaveProperty("api_token");
    expect(toConfig(fields, { api_token: "" })).not.toHaveProperty("api_token");
    expect(toConfig(fields, { api_token: "new" })).toHaveProperty("api_token", "new");
  });
});

describe("what is sent", () => {
  it("leaves out empty optional fields", () => {
    expect(toConfig(fields, { api_url: " https://a/ ", macs: "", request_budget: "", strict: false })).toEqual({
      api_url: "https://a/",
      macs: [],
      strict: false,
    });
  });

  it("sends numbers as numbers, with a comma too, and anything else as it is for the server to refuse", () => {
    expect(toConfig(fields, { request_budget: "2,5" }).request_budget).toBe(2.5);
    expect(toConfig(fields, { request_budget: "many" }).request_budget).toBe("many");
  });
});

describe("pasted lists", () => {
  it("are read a line each or comma separated, from a spreadsheet too", () => {
    expect(readEntries('A, B\r\n\r\n"C";D\tE').map(({ text, line }) => `${line}:${text}`)).toEqual([
      "1:A",
      "1:B",
      "3:C",
      "3:D",
      "3:E",
    ]);
  });
});

describe("answers of the server", () => {
  it("lead to the line of the entry that they are about", () => {
    const faults = placeFaults(fields, { macs: "A, B\n\nbad" }, [{ field: "config.macs[2]", message: "no MAC" }]);
    expect(faults.lines.macs).toEqual([{ line: 3, text: "bad", message: "no MAC" }]);
  });

  it("lead to fields, to the name, or stand apart", () => {
    const faults = placeFaults(fields, {}, [
      { field: "config.api_url", message: "refused" },
      { field: "name", message: "taken" },
      { field: "labels.x", message: "too long" },
    ]);
    expect(faults.fields).toEqual({ api_url: "refused", name: "taken" });
    expect(faults.other).toEqual([{ field: "labels.x", message: "too long" }]);
  });
});
