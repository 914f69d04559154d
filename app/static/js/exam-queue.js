/* What is not yet safe on the server: kept in the browser, in order, until it is acknowledged. */
(function () {
  "use strict";

  class AnswerQueue {
    constructor(pk) {
      this.key = `answers-${pk}`;
      this.entries = this.read();
    }

    read() {
      try { return JSON.parse(localStorage.getItem(this.key) || "[]"); } catch (broken) { return []; }
    }

    write() {
      try { localStorage.setItem(this.key, JSON.stringify(this.entries)); } catch (full) { /* kept in memory */ }
    }

    /* An entry is [sequence, question, letters, 1 if flagged]; an older one of the same question is void. */
    add(entry) {
      this.entries = this.entries.filter((one) => one[1] !== entry[1] || one[0] > entry[0]);
      this.entries.push(entry);
      this.write();
    }

    drop(stored) {
      const known = new Set(stored);
      this.entries = this.entries.filter((one) => !known.has(one[0]));
      this.write();
    }

    forget() {
      this.entries = [];
      try { localStorage.removeItem(this.key); } catch (closed) { /* nothing was kept */ }
    }

    get size() { return this.entries.length; }

    next(most) { return this.entries.slice(0, most); }
  }

  function device() {
    const made = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");
    try {
      const known = localStorage.getItem("exam-device") || made();
      localStorage.setItem("exam-device", known);
      return known;
    } catch (closed) { return made(); }
  }

  window.dingkaoExam = { AnswerQueue, device };
})();
