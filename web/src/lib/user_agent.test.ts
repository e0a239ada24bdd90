import { describe, expect, it } from "vitest";
import { browserOf } from "./user_agent";

describe("what a browser calls itself", () => {
  it("is said as people say it", () => {
    const chrome =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1";
    expect(browserOf(chrome)).toEqual({ browser: "Chrome", system: "Linux" });
    expect(browserOf(`${chrome} Edg/156.0`)).toEqual({ browser: "Edge", system: "Linux" });
    expect(browserOf(phone)).toEqual({ browser: "Safari", system: "iOS" });
  });

  it("is left as it is where it is none", () => {
    expect(browserOf("python-httpx/0.28.1")).toBeNull();
  });
});
