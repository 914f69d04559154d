/* Keys of the review queue: j and k turn cases, a goes towards the decision, r sends back, ? tells. */
(function () {
  "use strict";

  function isBusy(event) {
    const at = event.target;
    const types = at.tagName === "INPUT" && !["radio", "checkbox", "submit", "button"].includes(at.type);
    const typing = types || ["TEXTAREA", "SELECT"].includes(at.tagName) || at.isContentEditable;
    return typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector(".modal.show");
  }

  function unanswered() {
    const names = new Set([...document.querySelectorAll(".decision input[type=radio]")].map((one) => one.name));
    for (const name of names) {
      const choices = [...document.querySelectorAll(`.decision input[type=radio][name="${name}"]`)];
      if (!choices.some((one) => one.checked)) { return choices[0]; }
    }
    return null;
  }

  function decide() {
    const button = document.querySelector(".decision .btn-primary[data-action]");
    const missing = unanswered();
    if (missing) { missing.focus(); return; }
    if (button) { button.click(); return; }
    const on = document.querySelector(".form-foot a.btn-primary");
    if (on) { on.click(); }
  }

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById("keys") || isBusy(event)) { return; }
    if (event.key === "a") { event.preventDefault(); decide(); return; }
    const selector = event.key === "r" ? "button.btn-danger[data-action]" : `[data-key="${CSS.escape(event.key)}"]`;
    const found = event.key.length === 1 && document.querySelector(selector);
    if (found) { event.preventDefault(); found.click(); }
  });
})();
