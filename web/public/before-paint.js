// Runs before everything else. A file of its own: the CSP allows no inline script.

// Neither theme nor language flashes.
(() => {
  var root = document.documentElement;
  var read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch (_) {
      return null; // storage may be forbidden; the browser's own preferences decide then
    }
  };
  var chosen = read("vitrina-theme");
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  root.lang = read("vitrina-language") || (/^ru\b/i.test(navigator.language) ? "ru" : "en");
})();

// A part of the page that did not come (the network changed, the edge restarts) would leave it empty for good: try again.
(() => {
  const FIRST_PAUSE_MS = 1000;
  const LONGEST_PAUSE_MS = 30000;
  const KEY = "vitrina-reloads";
  let isWaiting = false;

  const countReload = () => {
    try {
      const before = Number(sessionStorage.getItem(KEY) || 0);
      sessionStorage.setItem(KEY, String(before + 1));
      return before;
    } catch (_) {
      return 5; // what cannot be counted is not hurried
    }
  };
  const tryAgain = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => location.reload(), Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** countReload()));
  };

  // Such events do not bubble, so they are caught on their way down.
  addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLScriptElement) tryAgain();
      if (target instanceof HTMLLinkElement) target.dataset.lost = "";
    },
    true,
  );
  // Once a page stands, what it lacks is told there: somebody may be typing.
  addEventListener("vitrina:part-missing", () => document.querySelector("main") === null && tryAgain());
  addEventListener("load", () => {
    if (isWaiting) return;
    try {
      sessionStorage.removeItem(KEY);
    } catch (_) {
      // then nothing was counted either
    }
  });
})();
