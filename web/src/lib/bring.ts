/** Before each further try, in milliseconds: together they outlast a change of the machine's network. */
const PAUSES_MS = [250, 1_000, 3_000];

/** How browsers name the module in what they fail with; those that do not are asked as before. */
const MODULE_ADDRESS = /https?:\/\/\S+\.js/;

/** Where nothing stands yet that could tell of it, the page's first script loads the page anew: `before-paint.js`. */
const PART_MISSING = "vitrina:part-missing";

/** A part of the page did not come, however often it was asked for. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super("A part of the page did not come", { cause });
  }
}

/**
 * Brings code or texts that come later, and asks again for what does not come: without it one lost request would keep
 * a dialog shut or a page in the other language for good, and say nothing.
 */
export async function bring<Part>(load: () => Promise<Part>): Promise<Part> {
  let missing: unknown;
  for (const [tried, pause] of [0, ...PAUSES_MS].entries()) {
    try {
      if (tried === 0) return await load();
      await new Promise((resolve) => setTimeout(resolve, pause));
      await bringLostStyles();
      return await loadAnew(load, tried, missing);
    } catch (error) {
      missing = error;
    }
  }
  dispatchEvent(new Event(PART_MISSING));
  throw new PartMissing(missing);
}

/** Some browsers (Chromium before 156) never ask again for a module that failed: under another address they do. */
function loadAnew<Part>(load: () => Promise<Part>, tried: number, failure: unknown): Promise<Part> {
  const [address] = MODULE_ADDRESS.exec(String(failure)) ?? [];
  return address === undefined ? load() : import(/* @vite-ignore */ `${address}?again=${tried}`);
}

/** Vite asks for the styles of a part once, and takes them for present from then on. `before-paint.js` marks the lost. */
async function bringLostStyles(): Promise<void> {
  const lost = document.querySelectorAll<HTMLLinkElement>("link[data-lost][rel=stylesheet]");
  await Promise.all(
    [...lost].map((link) => {
      const again = document.createElement("link");
      again.rel = link.rel;
      again.href = link.href;
      link.replaceWith(again);
      return new Promise((resolve, reject) => {
        again.onload = resolve;
        again.onerror = reject;
      });
    }),
  );
}
