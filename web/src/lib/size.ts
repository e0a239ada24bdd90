const UNITS = ["megabyte", "gigabyte", "terabyte"] as const;
const MEGABYTE = 1_000_000;
const STEP = 1_000;

/** Bytes as people say them: `2.4 MB`, `2,1 ГБ`. */
export function formatBytes(bytes: number, language: string): string {
  let size = bytes / MEGABYTE;
  let place = 0;
  while (size >= STEP && place < UNITS.length - 1) {
    size /= STEP;
    place += 1;
  }
  const unit = UNITS[place] ?? "megabyte";
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
}
