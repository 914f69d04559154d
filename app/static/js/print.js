/* Pages for paper: the button that prints; the page a 打印 link opened asks by itself, once. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-print]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    });
  });
  window.addEventListener("load", () => {
    const wasAsked = performance.getEntriesByType("navigation").some((entry) => entry.type !== "navigate");
    if (document.querySelector("[data-print-now]") && !wasAsked) { window.print(); }
  });
})();
