/* A form that saves itself: some seconds after the last change, and what could not be sent stays. */
(function () {
  "use strict";

  const PAUSE = 5000;
  const RETRY = 15000;

  function typed(form) {
    return Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && name !== "csrf_token" && name !== "version");
  }

  function remember(key, form) {
    const kept = { version: form.elements.version.value, typed: typed(form) };
    try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch (full) { /* without room nothing is kept twice */ }
  }

  /* What an earlier page could not send is filled in again, unless something newer was saved since. */
  function restore(key, form) {
    const kept = JSON.parse(sessionStorage.getItem(key) || "null");
    sessionStorage.removeItem(key);
    if (!kept || kept.version !== form.elements.version.value || "dirty" in form.dataset) { return false; }
    let isChanged = false;
    kept.typed.forEach(([name, value]) => {
      const field = form.elements[name];
      if (!field || field.type === "hidden" || field.value === value) { return; }
      if (field instanceof RadioNodeList || field.type !== "checkbox") { field.value = value; } else { field.checked = true; }
      if (field.tomselect) { field.tomselect.setValue(value, true); }
      isChanged = true;
    });
    return isChanged;
  }

  function watch(form) {
    const key = `draft-${form.dataset.autosave}`;
    const line = document.querySelector("[data-draft] [data-draft-text]");
    let timer = 0;
    let isSaving = false;
    let isAsked = false;
    let isStopped = false;
    let pressed = null;

    function plan(pause) { clearTimeout(timer); timer = setTimeout(save, pause); }
    function changed() { isAsked = true; if (!isStopped) { plan(PAUSE); } }

    function take(told) {
      form.elements.version.value = told.version;
      Object.entries(told.rows).forEach(([name, id]) => { if (form.elements[name]) { form.elements[name].value = id; } });
      sessionStorage.removeItem(key);
      form.dispatchEvent(new CustomEvent("autosaved", { detail: { text: told.text, again: isAsked } }));
    }

    function save() {
      if (isSaving || isStopped) { return; }
      isSaving = true;
      isAsked = false;
      const sent = new FormData(form);
      sent.set("action", "autosave");
      sent.delete("attachment");
      /* Not form.action: its buttons are named so, too. */
      fetch(form.getAttribute("action"), { method: "POST", body: sent, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error" })
        .then((answer) => answer.json().then((told) => {
          if (answer.ok) { take(told); return; }
          isStopped = answer.status === 409;
          line.textContent = told.text || form.dataset.offline;
          if (!isStopped) { throw new Error(String(answer.status)); }
        }))
        .catch(() => {
          isAsked = true;
          remember(key, form);
          line.textContent = form.dataset.offline;
          plan(RETRY);
        })
        .finally(() => {
          isSaving = false;
          if (pressed) { form.requestSubmit(pressed); pressed = null; } else if (isAsked && !isStopped) { plan(PAUSE); }
        });
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    /* A button pressed while a draft is on its way waits for it: both would be the same version. */
    form.addEventListener("submit", (event) => {
      if (!isSaving) { return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = event.submitter;
    }, true);
    window.addEventListener("submit", (event) => {
      if (event.target !== form || event.defaultPrevented) { return; }
      isStopped = true;
      clearTimeout(timer);
      sessionStorage.removeItem(key);
    });
    if (restore(key, form)) { changed(); }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-autosave]").forEach(watch);
  });
})();
