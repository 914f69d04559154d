/* 考核报名 in steps: one part at a time, or all of them. Without scripts all parts stand on the page. */
(function () {
  "use strict";

  const KEY = "registration-parts";

  function recall() { try { return localStorage.getItem(KEY); } catch (closed) { return null; } }
  function keep(value) { try { localStorage.setItem(KEY, value); } catch (closed) { /* the choice lasts for this page */ } }

  function follow(form) {
    const parts = Array.from(form.querySelectorAll("[data-part]"));
    const tabs = parts.map((part) => document.querySelector(`.tabs a[href="#${part.dataset.part}"]`));
    const back = form.querySelector("[data-part-back]");
    const next = form.querySelector("[data-part-next]");
    const toggle = document.querySelector("[data-part-all]");
    let isAll = recall() === "all";
    let here = 0;

    function draw() {
      parts.forEach((part, number) => { part.hidden = !isAll && number !== here; });
      tabs.forEach((tab, number) => {
        if (!isAll && number === here) { tab.setAttribute("aria-current", "step"); } else { tab.removeAttribute("aria-current"); }
      });
      if (!isAll && tabs[here]) { /* on a narrow screen the tabs are longer than it */
        const row = tabs[here].closest(".tabs");
        row.scrollLeft = tabs[here].offsetLeft - row.offsetLeft;
      }
      back.hidden = isAll || here === 0;
      next.hidden = isAll || here === parts.length - 1;
      toggle.textContent = isAll ? toggle.dataset.steps : toggle.dataset.all;
      toggle.setAttribute("aria-pressed", String(isAll));
    }

    function partOf(id) {
      const found = id && document.getElementById(id);
      return found ? parts.indexOf(found.closest("[data-part]")) : -1;
    }

    function go(number) {
      if (number < 0) { return; }
      here = number;
      draw();
    }

    function turn(by) {
      go(here + by);
      const heading = parts[here].querySelector("h2");
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
      parts[here].scrollIntoView({ block: "start" });
    }

    back.addEventListener("click", () => turn(-1));
    next.addEventListener("click", () => turn(1));
    toggle.addEventListener("click", () => {
      isAll = !isAll;
      keep(isAll ? "all" : "steps");
      draw();
    });
    /* Before the browser jumps to the place: it must be in sight by then. */
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href*='#']");
      if (link && link.pathname === location.pathname) { go(partOf(decodeURIComponent(link.hash.slice(1)))); }
    });
    window.addEventListener("hashchange", () => go(partOf(decodeURIComponent(location.hash.slice(1)))));

    const wrong = form.querySelector("[aria-invalid=true]");
    const open = tabs.findIndex((tab) => tab.querySelector(".tab-count"));
    const asked = partOf(decodeURIComponent(location.hash.slice(1)));
    if (wrong) { here = Math.max(0, parts.indexOf(wrong.closest("[data-part]"))); } else { here = asked >= 0 ? asked : Math.max(0, open); }
    toggle.hidden = false;
    draw();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("registration");
    if (form) { follow(form); }
  });
})();
