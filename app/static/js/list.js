/* The list page: which rows are ticked, the whole query instead of the page, more filters. */
(function () {
  "use strict";

  function selection(form) {
    const picks = Array.from(document.querySelectorAll("[data-pick]"));
    const pickAll = document.querySelector("[data-pick-all]");
    const buttons = Array.from(document.querySelectorAll("[data-bulk]"));
    const note = document.querySelector("[data-selection]");
    const text = note.querySelector("[data-selected]");
    const selectAll = note.querySelector("[data-select-all]");
    const total = Number(form.dataset.total);
    const scope = form.elements.scope;

    function show() {
      const ticked = picks.filter((box) => box.checked).length;
      const isFilter = scope.value === "filter";
      const count = isFilter ? total : ticked;
      const whole = picks.length > 0 && ticked === picks.length;
      picks.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
      pickAll.checked = whole;
      pickAll.indeterminate = ticked > 0 && !whole;
      note.hidden = count === 0;
      text.textContent = (isFilter ? text.dataset.all : text.dataset.text).replace("{n}", String(count));
      selectAll.hidden = isFilter || !whole || total <= picks.length;
      buttons.forEach((button) => {
        button.disabled = count === 0;
        button.title = count === 0 ? button.dataset.hint : "";
        button.querySelector(".bulk-count").textContent = count ? "(" + count + ")" : "";
      });
    }

    function tick(value) {
      scope.value = "";
      picks.forEach((box) => { box.checked = value; });
      show();
    }

    let last = null;
    picks.forEach((box, index) => box.addEventListener("click", (event) => {
      scope.value = "";
      if (event.shiftKey && last !== null) {
        picks.slice(Math.min(last, index), Math.max(last, index) + 1).forEach((one) => { one.checked = box.checked; });
      }
      last = index;
      show();
    }));
    pickAll.addEventListener("change", () => tick(pickAll.checked));
    selectAll.addEventListener("click", () => { scope.value = "filter"; show(); note.querySelector("[data-select-none]").focus(); });
    note.querySelector("[data-select-none]").addEventListener("click", () => { tick(false); pickAll.focus(); });
    window.addEventListener("pageshow", show);
    show();
  }

  function filters(button) {
    const bar = document.getElementById(button.getAttribute("aria-controls"));
    button.addEventListener("click", () => {
      const isOpen = bar.classList.toggle("is-open");
      button.setAttribute("aria-expanded", String(isOpen));
      button.firstElementChild.textContent = isOpen ? button.dataset.open : button.dataset.closed;
    });
  }

  /* The column that stays in sight gets its shadow only while something is hidden behind it. What is wider
     than its place can be reached and scrolled with the keyboard. */
  function shade(wrap) {
    const hidden = wrap.scrollWidth - wrap.clientWidth;
    wrap.classList.toggle("is-cut", hidden - wrap.scrollLeft > 1);
    if (hidden > 1) {
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "region");
      wrap.setAttribute("aria-label", wrap.querySelector("caption").textContent);
    } else {
      ["tabindex", "role", "aria-label"].forEach((name) => wrap.removeAttribute(name));
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".table-wrap").forEach((wrap) => {
      wrap.addEventListener("scroll", () => shade(wrap), { passive: true });
      new ResizeObserver(() => shade(wrap)).observe(wrap);
    });
    const form = document.getElementById("bulk");
    if (form && document.querySelector("[data-pick-all]")) { selection(form); }
    document.querySelectorAll("[data-filter-toggle]").forEach(filters);
  });
})();
