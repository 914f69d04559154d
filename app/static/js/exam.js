/* Sitting a paper: every answer goes out at once under its own number and stays here until it is safe. */
(function () {
  "use strict";

  const { AnswerQueue, Camera, device } = window.dingkaoExam;
  const GENERATION = 1000000;
  const AT_ONCE = 200;
  const BEAT = 30000;
  const FASTEST = 2000;
  const SLOWEST = 15000;
  const DRIFT = 60000;

  function Sitting(place) {
    const text = place.dataset;
    const form = document.getElementById("answers");
    const questions = Array.from(form.querySelectorAll("[data-question]"));
    const queue = new AnswerQueue(text.pk);
    const state = place.querySelector("[data-state]");
    const notice = place.querySelector("[data-notice]");
    const dialog = document.getElementById("hand-in-dialog");
    const events = [];
    let generation = 0;
    let number = 0;
    let here = 1;
    let end = null;
    let isPaused = false;
    let isSending = false;
    let isOver = false;
    let wantsEnd = false;
    let pause = FASTEST;
    let timer = 0;
    let lastMessage = 0;
    let wasOffline = false;
    let camera = null;
    let patience = 20;
    const skew = Date.now() - performance.now();

    function nextNumber() { number += 1; return generation * GENERATION + number; }
    function say(words, kind) { state.textContent = words; state.className = `exam-state ${kind || ""}`; }
    function warn(words, kind) { notice.hidden = !words; notice.textContent = words; notice.className = `exam-notice ${kind || ""}`; }
    function report(kind) { events.push(kind); plan(0); }

    function post(url, body) {
      return fetch(url, { method: "POST", body: JSON.stringify(body), credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": text.token } });
    }

    /* ---- the sheet ---- */
    function letters(question) {
      return Array.from(question.querySelectorAll(".exam-options input:checked"), (one) => one.value).sort().join("");
    }

    function draw(question) {
      const button = place.querySelector(`[data-mark="${question.dataset.question}"]`);
      const answered = letters(question) !== "";
      const flagged = question.querySelector("[data-flag]").checked;
      question.querySelectorAll(".exam-option").forEach((one) => { one.classList.toggle("is-chosen", one.querySelector("input").checked); });
      button.classList.toggle("is-answered", answered);
      button.classList.toggle("is-flagged", flagged);
      button.setAttribute("aria-label", `${question.dataset.number} ${answered ? text.wordAnswered : text.wordOpen}${flagged ? ` ${text.wordFlagged}` : ""}`);
      const done = questions.filter((one) => letters(one) !== "").length;
      place.querySelector("[data-count]").textContent = `${done}/${questions.length}`;
    }

    function put(question, stored) {
      question.querySelectorAll(".exam-options input").forEach((one) => { one.checked = stored[1].includes(one.value); });
      question.querySelector("[data-flag]").checked = Boolean(stored[2]);
    }

    function go(to, focus) {
      here = Math.min(Math.max(to, 1), questions.length);
      questions.forEach((one, at) => { one.classList.toggle("is-here", at + 1 === here); });
      place.querySelectorAll("[data-go]").forEach((one) => {
        const isHere = Number(one.dataset.go) === here;
        one.classList.toggle("is-here", isHere);
        if (isHere) { one.setAttribute("aria-current", "step"); } else { one.removeAttribute("aria-current"); }
      });
      const question = questions[here - 1];
      if (!place.classList.contains("is-single")) { question.scrollIntoView({ block: "center" }); }
      if (focus) { (question.querySelector("input:checked") || question.querySelector("input")).focus(); }
    }

    function changed(question) {
      if (isOver || isPaused) { return; }
      const flagged = question.querySelector("[data-flag]").checked ? 1 : 0;
      queue.add([nextNumber(), Number(question.dataset.question), letters(question), flagged]);
      draw(question);
      say(text.textSaving);
      plan(0);
    }

    /* ---- the server ---- */
    function plan(wait) { clearTimeout(timer); timer = setTimeout(sync, wait); }

    function take(told) {
      isPaused = told.paused;
      end = performance.now() + told.left * 1000;
      form.querySelectorAll("fieldset").forEach((one) => { one.disabled = isPaused; });
      if (isPaused) { warn(text.textPaused); } else if (notice.textContent === text.textPaused) { warn(""); }
      (told.messages || []).forEach(([id, words]) => { lastMessage = Math.max(lastMessage, id); warn(words, "is-message"); });
    }

    function failed(signedOut) {
      pause = Math.min(pause * 1.5, SLOWEST);
      if (!wasOffline) { wasOffline = true; events.push("OFFLINE"); }
      say(signedOut ? text.textSignedOut : text.textOffline.replace("{n}", String(queue.size)), "is-offline");
      plan(pause);
    }

    async function sync() {
      if (isSending || isOver || !generation) { return; }
      isSending = true;
      const sent = queue.next(AT_ONCE);
      const reported = events.splice(0, 50);
      let again = null;
      try {
        const answer = await post(text.sync, { entries: sent, events: reported, after: lastMessage });
        if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 403) { throw new Error("signed out"); }
        if (!answer.ok) { throw new Error(String(answer.status)); }
        const told = await answer.json();
        if (told.closed) { over(); return; }
        queue.drop(told.stored);
        pause = FASTEST;
        if (wasOffline) { wasOffline = false; events.push("ONLINE"); }
        take(told);
        if (camera) { camera.send(); }
        if (!queue.size) { say(text.textSaved.replace("{at}", told.at), "is-saved"); }
        again = queue.size || events.length ? 0 : BEAT * (0.8 + 0.4 * Math.random());
        if (told.paused && queue.size) { again = BEAT / 6; }
      } catch (error) {
        events.unshift(...reported);
        isSending = false;
        failed(error.message === "signed out");
        return;
      }
      isSending = false;
      plan(again);
      ending();
    }

    async function open() {
      say(text.textOpening);
      try {
        const answer = await post(text.open, { device: device() });
        if (!answer.ok) { throw new Error(String(answer.status)); }
        const told = await answer.json();
        if (told.closed) { over(); return; }
        generation = told.generation;
        questions.forEach((question) => {
          const stored = told.answers[question.dataset.question];
          if (stored) { put(question, stored); }
        });
        queue.entries.forEach((entry) => {
          const stored = told.answers[String(entry[1])];
          const question = form.querySelector(`[data-question="${entry[1]}"]`);
          if (question && (!stored || stored[0] < entry[0])) { put(question, [entry[0], entry[2], entry[3]]); }
        });
        questions.forEach(draw);
        take(told);
        watch();
        plan(0);
      } catch (offline) {
        say(text.textOffline.replace("{n}", String(queue.size)), "is-offline");
        setTimeout(open, pause);
        pause = Math.min(pause * 1.5, SLOWEST);
      }
    }

    function over() {
      isOver = true;
      queue.forget();
      window.location.assign(text.after);
    }

    /* ---- the end ---- */
    function ending() {
      if (!wantsEnd) { return; }
      dialog.querySelector("[data-waiting]").textContent = queue.size ? text.textWaiting.replace("{n}", String(queue.size)) : "";
      if (queue.size || isSending) { return; }
      /* Pictures go first, but nobody waits long for them. */
      if (camera && camera.waiting.length && patience > 0) {
        patience -= 1;
        camera.send();
        setTimeout(ending, 500);
        return;
      }
      if (!isOver) { isOver = true; queue.forget(); document.getElementById("hand-in").submit(); }
    }

    function ask() {
      const open = questions.filter((one) => letters(one) === "").length;
      dialog.querySelector("[data-unanswered]").textContent = open ? text.textUnanswered.replace("{n}", String(open)) : "";
      if (typeof dialog.showModal === "function") { dialog.showModal(); } else { dialog.setAttribute("open", ""); }
    }

    function tick() {
      if (end === null) { return; }
      const left = isPaused ? null : Math.max(0, Math.round((end - performance.now()) / 1000));
      const clock = place.querySelector("[data-clock]");
      if (left === null) { return; }
      const hours = Math.floor(left / 3600);
      const rest = [Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0")).join(":");
      clock.textContent = hours ? `${hours}:${rest}` : rest;
      clock.parentElement.classList.toggle("is-short", left <= 300);
      if (left === 300) { warn(text.textFive); }
      if (left === 0 && !isOver && !isSending && !wasOffline) { plan(6000); end = null; }
      if (Math.abs(Date.now() - performance.now() - skew) > DRIFT && !tick.isTold) { tick.isTold = true; report("CLOCK_CHANGED"); }
    }

    /* ---- evidence ---- */
    function watch() {
      let isAway = false;
      function away() { if (!isAway && !isOver) { isAway = true; warn(text.textLeft); report("LEFT_PAGE"); } }
      function back() { if (isAway && !isOver) { isAway = false; report("CAME_BACK"); } }
      document.addEventListener("visibilitychange", () => { if (document.hidden) { away(); } else { back(); } });
      window.addEventListener("blur", () => { setTimeout(() => { if (!document.hasFocus()) { away(); } }, 500); });
      window.addEventListener("focus", back);
      window.addEventListener("online", () => { plan(0); });
      if ("BroadcastChannel" in window) {
        const channel = new BroadcastChannel(`exam-${text.pk}`);
        channel.addEventListener("message", (event) => {
          if (event.data === "here?") { channel.postMessage("here"); }
          warn(text.textTabs);
          if (event.data === "here") { report("SECOND_TAB"); }
        });
        channel.postMessage("here?");
      }
      const video = place.querySelector("[data-preview]");
      const seconds = Number(text.snapshotSeconds);
      if (!video || !seconds || camera) { return; }
      camera = new Camera(video, {
        url: text.snapshot, token: text.token, seconds, sequence: nextNumber,
        lost: () => { warn(text.textCamera); report("CAMERA_LOST"); },
        back: () => { if (notice.textContent === text.textCamera) { warn(""); } report("CAMERA_BACK"); },
      });
      camera.start();
      camera.plan(true);
    }

    /* ---- the hands ---- */
    form.addEventListener("change", (event) => { changed(event.target.closest("[data-question]")); });
    form.addEventListener("submit", (event) => { event.preventDefault(); });
    form.addEventListener("focusin", (event) => { const one = event.target.closest("[data-question]"); if (one && Number(one.dataset.number) !== here) { go(Number(one.dataset.number)); } });
    place.addEventListener("click", (event) => {
      const target = event.target.closest("button");
      if (!target) { return; }
      if (target.dataset.go) { go(Number(target.dataset.go), true); }
      if (target.dataset.step) { go(here + Number(target.dataset.step), true); }
      if ("handIn" in target.dataset) { ask(); }
      if ("mode" in target.dataset) {
        const single = place.classList.toggle("is-single");
        target.setAttribute("aria-pressed", String(!single));
        go(here);
      }
    });
    dialog.querySelector("[data-close]").addEventListener("click", () => { wantsEnd = false; dialog.close(); });
    document.getElementById("hand-in").addEventListener("submit", (event) => {
      if (isOver) { return; }
      event.preventDefault();
      wantsEnd = true;
      plan(0);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) { return; }
      const question = questions[here - 1];
      if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        event.preventDefault();
        go(here + (event.key === "ArrowRight" ? 1 : -1), true);
      } else if (/^[a-ln-z]$/i.test(event.key) && event.key.toLowerCase() !== "f") {
        const box = question.querySelector(`.exam-options input[value="${event.key.toUpperCase()}"]`);
        if (box && !question.disabled) { box.click(); }
      } else if (event.key.toLowerCase() === "f") {
        question.querySelector("[data-flag]").click();
      }
    });
    window.addEventListener("beforeunload", (event) => { if (queue.size && !isOver) { event.preventDefault(); event.returnValue = ""; } });

    place.classList.add("is-single");
    go(1);
    setInterval(tick, 500);
    open();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("exam");
    if (place) { Sitting(place); }
  });
})();
