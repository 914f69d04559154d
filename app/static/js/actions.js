/* One dialog for every action that wants a confirmation or a reason; without scripts the server asks. */
(function () {
  "use strict";
  let pending = null;
  const passed = new WeakSet();

  function open(dialog, button) {
    const reason = button.dataset.reason;
    const label = (button.firstElementChild || button).textContent.trim();
    const confirm = dialog.querySelector("[data-confirm-button]");
    const comment = dialog.querySelector("textarea");
    pending = button;
    dialog.querySelector(".modal-title").textContent = label;
    const text = dialog.querySelector(".modal-text");
    text.textContent = button.dataset.ask === label ? "" : button.dataset.ask;
    text.hidden = !text.textContent;
    dialog.querySelector("[data-reason-field]").hidden = !reason;
    dialog.querySelector("[data-reason-label]").textContent = reason || "";
    comment.value = "";
    comment.required = Boolean(reason);
    showError(dialog, false);
    confirm.textContent = label;
    confirm.classList.toggle("btn-danger", "danger" in button.dataset);
    confirm.classList.toggle("btn-primary", !("danger" in button.dataset));
    bootstrap.Modal.getOrCreateInstance(dialog).show();
  }

  function showError(dialog, isWrong) {
    const error = dialog.querySelector(".field-error");
    const comment = dialog.querySelector("textarea");
    error.textContent = isWrong ? error.dataset.message : "";
    if (isWrong) { comment.setAttribute("aria-invalid", "true"); comment.focus(); } else { comment.removeAttribute("aria-invalid"); }
  }

  function carry(form, value) {
    let input = form.querySelector("input[type=hidden][data-carried]");
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = "comment";
      input.setAttribute("data-carried", "");
      form.appendChild(input);
    }
    input.value = value;
  }

  function confirmed(dialog) {
    const comment = dialog.querySelector("textarea");
    if (comment.required && !comment.value.trim()) { showError(dialog, true); return; }
    const button = pending;
    const stale = button.form.querySelector("input[data-carried]");
    if (stale) { stale.remove(); }
    if (comment.required) { carry(button.form, comment.value.trim()); }
    passed.add(button);
    bootstrap.Modal.getInstance(dialog).hide();
    button.form.requestSubmit(button);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const dialog = document.getElementById("action-dialog");
    if (!dialog) { return; }
    document.addEventListener("submit", (event) => {
      if (event.target.closest("#action-dialog")) { event.preventDefault(); confirmed(dialog); return; }
      const button = event.submitter;
      if (!button || !("ask" in button.dataset)) { return; }
      if (passed.has(button)) { passed.delete(button); return; }
      event.preventDefault();
      open(dialog, button);
    });
    dialog.addEventListener("shown.bs.modal", () => {
      const comment = dialog.querySelector("textarea");
      (comment.required ? comment : dialog.querySelector("[data-confirm-button]")).focus();
    });
    dialog.addEventListener("hidden.bs.modal", () => { if (pending) { pending.focus(); } pending = null; });
  });
})();
