/** What somebody asks the palette: words to search for, and words that mean a status. */

import type { Status } from "../api/devices";
import { fold } from "./fold";

export interface Question {
  search: string;
  status: Status | null;
}

const MEANT: readonly (readonly [Status, RegExp])[] = [
  ["offline", /(?<=^|\s)(?:не в сети|офф?лайн|темн\p{L}*|погас\p{L}*|offline|dark|down)(?=\s|$)/u],
  ["unknown", /(?<=^|\s)(?:неизвестн\p{L}*|unknown)(?=\s|$)/u],
  ["online", /(?<=^|\s)(?:в сети|онлайн|online)(?=\s|$)/u],
];

export function readQuestion(text: string): Question {
  const asked = fold(text);
  for (const [status, words] of MEANT) {
    if (words.test(asked)) return { search: asked.replace(words, " ").replace(/\s+/g, " ").trim(), status };
  }
  return { search: asked, status: null };
}
