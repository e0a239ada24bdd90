/** Matchers of silences as people type them: one a line, `source=north` or with !=, =~, !~. */

import type { Matcher } from "../api/alerts";

const LINE = /^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/;

/** Null: a line is none. Empty lines count nothing. */
export function readMatchers(text: string): Matcher[] | null {
  const matchers: Matcher[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, name, sign, value] = LINE.exec(line) ?? [];
    if (name === undefined || sign === undefined || value === undefined) return null;
    matchers.push({ name, value, is_regex: sign.endsWith("~"), is_equal: !sign.startsWith("!") });
  }
  return matchers;
}
