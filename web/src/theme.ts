import { createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from "@mantine/core";

/** The glow of a lit shop window: the one accent. Status colours are apart, in `tokens.css`. */
const teal: MantineColorsTuple = [
  "#e6f7f5",
  "#cdeae6",
  "#9dd5cd",
  "#69bfb3",
  "#40ac9d",
  "#239f8f",
  "#0f9887",
  "#008473",
  "#007566",
  "#006557",
];

const dark: MantineColorsTuple = [
  "#d5dbe3",
  "#b4bdc9",
  "#8f9aaa",
  "#667283",
  "#434e5e",
  "#303a48",
  "#212a36",
  "#19212b",
  "#131a22",
  "#0d1218",
];

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 8, dark: 7 },
  colors: { teal, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Liberation Mono", monospace',
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  headings: { fontWeight: "650" },
});

/** The key is known to `public/before-paint.js` as well. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: "vitrina-theme" });
