/* Runs before the first paint: marks that scripts work and, without a chosen theme, follows the system's. */
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  if (root.hasAttribute("data-theme-auto") && window.matchMedia("(prefers-color-scheme: dark)").matches) {
    root.setAttribute("data-bs-theme", "dark");
  }
})();
