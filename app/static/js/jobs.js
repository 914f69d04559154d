/* 任务: the tray in the header and the bars of a page, brought up to date every two seconds while something runs.
   A page asks nothing unless a job is known to run: the ids are kept in the browser until their end was told. */
(function () {
  "use strict";
  const KEY = "dingkao-jobs", EVERY = 2000, AFTER_ERROR = 10000;
  let tray = null, timer = null, known = [], quarters = {};

  function load() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) || "[]");
      return Array.isArray(found) ? found.filter(Number.isInteger) : [];
    } catch (_error) { return []; }
  }

  function keep(ids) {
    known = ids;
    try { localStorage.setItem(KEY, JSON.stringify(ids)); } catch (_error) { /* a private window forgets, and asks again on its next job page */ }
  }

  function part(name, scope) { return scope.querySelector("[data-" + name + "]"); }

  function fill(scope, job) {
    const bar = part("bar", scope);
    if (job.total) { bar.max = job.total; bar.value = job.done; } else if (job.is_over) { bar.max = 1; bar.value = 1; } else { bar.removeAttribute("value"); }
    part("count", scope).textContent = job.count;
    part("left", scope).textContent = job.left;
    const chip = part("chip", scope);
    chip.textContent = job.state;
    chip.className = "chip tone-" + job.tone;
  }

  function entry(job) {
    const line = part("job-line", tray).content.firstElementChild.cloneNode(true);
    const link = part("title", line);
    link.textContent = job.title;
    link.href = job.url;
    part("bar", line).setAttribute("aria-label", job.title);
    fill(line, job);
    const result = part("result", line);
    if (job.result_url) { result.href = job.result_url; } else { result.remove(); }
    return line;
  }

  /* Said aloud: that a job ended, and each quarter of the way; not every two seconds. */
  function announce(jobs) {
    const news = [];
    jobs.forEach((job) => {
      const quarter = job.is_over ? 4 : job.total ? Math.floor((4 * job.done) / job.total) : 0;
      if (job.id in quarters && quarters[job.id] !== quarter) {
        news.push(job.is_over ? job.title + " " + job.state : job.title + " " + job.count);
      }
      quarters[job.id] = quarter;
    });
    if (news.length) { part("news", tray).textContent = news.join("，"); }
  }

  /* The page of a job that has ended is drawn anew by the server: it has other buttons. */
  function redraw(area) {
    delete area.dataset.active;
    fetch(location.href, { credentials: "same-origin" })
      .then((answer) => answer.text())
      .then((text) => {
        const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-job-page]");
        if (fresh) { area.closest("[data-job-page]").replaceWith(fresh); } else { location.reload(); }
      })
      .catch(() => location.reload());
  }

  function show(jobs) {
    const running = jobs.filter((job) => !job.is_over);
    const count = part("tray-count", tray);
    count.hidden = running.length === 0;
    count.textContent = String(running.length);
    part("tray-list", tray).replaceChildren(...jobs.map(entry));
    part("tray-empty", tray).hidden = jobs.length > 0;
    announce(jobs);
    jobs.forEach((job) => {
      document.querySelectorAll("[data-job='" + job.id + "']").forEach((area) => {
        if (!("active" in area.dataset)) { return; }
        fill(area, job);
        if (job.is_over) { redraw(area); }
      });
    });
    keep(running.map((job) => job.id));
    return running.length > 0;
  }

  function later(delay) {
    window.clearTimeout(timer);
    timer = document.hidden ? null : window.setTimeout(ask, delay);
  }

  function ask() {
    const url = new URL(tray.dataset.tray, location.href);
    const ids = new Set([...load(), ...known, ...onPage()]);
    if (ids.size) { url.searchParams.set("known", Array.from(ids).slice(-20).join(",")); }
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => {
        if (answer.redirected || !answer.ok) { keep([]); return null; }
        return answer.json();
      })
      .then((found) => { if (found && show(found.jobs)) { later(EVERY); } })
      .catch(() => later(AFTER_ERROR));
  }

  function onPage() {
    return Array.from(document.querySelectorAll("[data-job][data-active]"), (area) => Number(area.dataset.job));
  }

  document.addEventListener("DOMContentLoaded", () => {
    tray = document.querySelector("[data-tray]");
    if (!tray) { return; }
    known = load();
    tray.addEventListener("show.bs.dropdown", ask);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && known.length) { ask(); } });
    if (known.length || onPage().length) { ask(); }
  });
})();
