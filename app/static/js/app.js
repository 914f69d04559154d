/* On every page: theme switch, tooltips of closed actions, notices, captcha, double-submit guard. */
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector, scope) => Array.from((scope || document).querySelectorAll(selector));

  function showTheme() {
    const dark = root.getAttribute("data-bs-theme") === "dark";
    all("[data-theme-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(dark)));
  }

  function toggleTheme() {
    const theme = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-bs-theme", theme);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = "theme=" + theme + "; path=/; max-age=31536000; SameSite=Lax" + secure;
    showTheme();
  }

  function refreshCaptcha(link) {
    const scope = link.closest("form") || document;
    const image = scope.querySelector("[data-captcha]");
    const url = new URL(image.src, location.href);
    url.searchParams.set("t", String(Date.now()));
    image.src = url.href;
    const input = link.parentElement.querySelector("input");
    input.value = "";
    input.focus();
  }

  /* After the first click a form is closed for more, until the page is shown again. A download does not
     leave the page, so forms with data-download stay open. */
  function closeForm(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || "download" in form.dataset) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    window.setTimeout(() => {
      if (button) { button.setAttribute("aria-busy", "true"); }
      all("button[type=submit]").filter((one) => one.form === form).forEach((one) => {
        one.dataset.guarded = one.disabled ? "kept" : "1";
        one.disabled = true;
      });
    }, 0);
  }

  function reopenForms() {
    all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    all("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    all("[data-guarded]").forEach((button) => {
      if (button.dataset.guarded === "1") { button.disabled = false; }
      delete button.dataset.guarded;
    });
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-theme-toggle], [data-captcha-refresh]");
    if (!target) { return; }
    event.preventDefault();
    if (target.hasAttribute("data-theme-toggle")) { toggleTheme(); } else { refreshCaptcha(target); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("[data-captcha-refresh]")) { event.preventDefault(); event.target.click(); }
  });
  window.addEventListener("submit", closeForm);
  window.addEventListener("pageshow", reopenForms);

  document.addEventListener("DOMContentLoaded", () => {
    showTheme();
    all("[data-tip]").forEach((element) => new bootstrap.Tooltip(element, { trigger: "hover focus" }));
    const notice = document.querySelector(".modal[data-open-now]");
    if (notice) { bootstrap.Modal.getOrCreateInstance(notice).show(); }
    const summary = document.querySelector("[data-autofocus]");
    if (summary) { summary.focus(); }
    const here = document.querySelector(".menu a[aria-current]");
    if (here && window.matchMedia("(min-width: 992px)").matches) { here.scrollIntoView({ block: "nearest" }); }
  });
})();
