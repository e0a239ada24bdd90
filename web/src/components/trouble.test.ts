import { describe, expect, it } from "vitest";
import type { Exporter } from "../api/exporters";
import { troubleOf } from "./trouble";

function exporter(phase: string, reason: string | null): Exporter {
  return { observed: { phase, reason } } as Exporter;
}

describe("why an exporter does not run as it should", () => {
  it("is what the orchestrator says", () => {
    expect(troubleOf(exporter("failed", "there is no such image"))).toBe("there is no such image");
  });

  it("needs no words where its phase says all", () => {
    expect(troubleOf(exporter("stopped", "disabled"))).toBeNull();
    expect(troubleOf(exporter("pending", "about to start"))).toBeNull();
  });

  it("is nothing while nobody has seen it", () => {
    expect(troubleOf({ observed: null } as Exporter)).toBeNull();
  });
});
