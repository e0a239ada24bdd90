// Runs before the first paint so that neither theme nor language flashes. A file of its own: the CSP allows no inline script.
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
