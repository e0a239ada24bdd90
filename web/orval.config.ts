import { defineConfig } from "orval";

/** The services' OpenAPI files are themselves generated (`make contracts`); nothing below is typed by hand. */
const SPECS = "../services/contracts/generated/openapi";

const service = (name: string) => ({
  input: `${SPECS}/${name}.json`,
  output: {
    mode: "single" as const,
    urlEncodeParameters: true,
    target: `src/api/generated/${name}.ts`,
    client: "fetch" as const,
    override: {
      mutator: { path: "src/api/client.ts", name: "call" },
      fetch: { includeHttpResponseReturnType: false },
      // Named by verb and path, so that a renamed Python function does not rename anything here.
      operationName: (_operation: unknown, route: string, verb: string) => operationName(route, verb),
    },
  },
});

function operationName(route: string, verb: string): string {
  const words = route
    .replace(/^\/api\/(auth|registry\/v1|v1)\//, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  return verb + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

export default defineConfig({
  auth: service("auth"),
  registry: service("registry"),
  gateway: service("gateway"),
});
