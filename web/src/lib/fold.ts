/** Search as people type: without case, ё as е, and also in the keyboard layout that they forgot to switch. */

const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю";

const TO_RUSSIAN = new Map([...LATIN].map((letter, place) => [letter, RUSSIAN[place] ?? letter]));
const TO_LATIN = new Map([...RUSSIAN].map((letter, place) => [letter, LATIN[place] ?? letter]));

export function fold(text: string): string {
  return text.toLocaleLowerCase("ru").replaceAll("ё", "е").trim();
}

function typedIn(layout: ReadonlyMap<string, string>, text: string): string {
  return [...text].map((letter) => layout.get(letter) ?? letter).join("");
}

/** Whether each word of the question is in the text, in either layout. */
export function mentions(text: string, question: string): boolean {
  const haystack = fold(text);
  const asked = question.toLocaleLowerCase("ru");
  return [asked, typedIn(TO_RUSSIAN, asked), typedIn(TO_LATIN, asked)].some((variant) =>
    fold(variant)
      .split(/\s+/)
      .every((word) => haystack.includes(word)),
  );
}
