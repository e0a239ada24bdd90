import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The edge serves /assets with an immutable cache: names there carry a hash, everything else is revalidated.
  build: {
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Small parts of many pages travel together: alone each is compressed worse and asked for separately.
          groups: [{ name: "parts", test: /src\/(components|lib|api|i18n)\/[^/]+\.tsx?$|tabler/, minShareCount: 4 }],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
