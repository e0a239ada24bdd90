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
          // Not the frame of dialogs: it would bring the library's, 14 kB, to every page's first load.
          groups: [
            {
              name: "parts",
              test: /src\/(components|lib|api|i18n)\/(?!Dialog\.)[^/]+\.tsx?$|tabler/,
              minShareCount: 4,
            },
            // What each page reads from its address: all routes want all of them.
            { name: "addresses", test: /src\/pages\/\w+\/search\.ts$/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
