/* Forms: searchable selects, the warning before typed text is lost, the draft's state. */
(function () {
  "use strict";

  function enhance(select) {
    const isMulti = select.multiple;
    const plugins = isMulti ? { remove_button: { title: select.dataset.remove } } : {};
    const box = new TomSelect(select, {
      plugins: plugins,
      maxOptions: 500,
      clearAfterSelect: true,
      allowEmptyOption: !isMulti,
      hidePlaceholder: true,
      hideSelected: isMulti,
      render: { no_results: null },
      onDropdownClose: function () { this.setTextboxValue(""); },
    });
    select.setAttribute("aria-hidden", "true");
    ["aria-describedby", "aria-invalid", "aria-label"].forEach((name) => {
      if (select.hasAttribute(name)) { box.control_input.setAttribute(name, select.getAttribute(name)); }
    });
  }

  function guard(form) {
    let isChanged = false;
    const banner = document.querySelector("[data-draft]");
    function changed() {
      isChanged = true;
      if (banner) { banner.querySelector("[data-draft-text]").textContent = banner.dataset.changed; }
    }
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("autosaved", (event) => {
      isChanged = event.detail.again;
      if (banner && !isChanged) { banner.querySelector("[data-draft-text]").textContent = event.detail.text; }
    });
    /* On window, after the dialog had its chance to stop the submit. */
    window.addEventListener("submit", (event) => {
      if (event.target === form && !event.defaultPrevented) { isChanged = false; }
    });
    window.addEventListener("beforeunload", (event) => {
      if (!isChanged) { return; }
      event.preventDefault();
      event.returnValue = "";
    });
    if (form.querySelector("[aria-invalid=true]") || "dirty" in form.dataset) { isChanged = true; }
  }

  /* A field that belongs to one answer is in sight with that answer only; what was typed in it stays. */
  function follow(control) {
    const [name, answer] = control.dataset.when.split("=");
    const field = control.closest(".field");
    function show() { field.hidden = control.form.elements[name].value !== answer; }
    control.form.addEventListener("change", show);
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-when]").forEach(follow);
    document.querySelectorAll("select.js-multi, select.js-select").forEach((select) => {
      if (!select.disabled) { enhance(select); }
    });
    document.querySelectorAll("form[data-guard]").forEach(guard);
  });
})();
