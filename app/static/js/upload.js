/* A file goes in pieces: progress is shown, and what is there already is not sent again. */
(function () {
  "use strict";

  const RETRY = 3000;
  const PATIENCE = 40;

  function pause() { return new Promise((done) => { setTimeout(done, RETRY); }); }

  function post(url, body, token) {
    return fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "error", headers: { Accept: "application/json", "X-CSRFToken": token } });
  }

  function Sender(form, input) {
    const token = form.elements.csrf_token.value;
    const place = form.querySelector("[data-upload-progress]");
    const bar = place.querySelector("progress");
    const line = place.querySelector("[role=status]");

    function show(received, size) {
      place.hidden = false;
      bar.max = size;
      bar.value = received;
      line.textContent = place.dataset.text.replace("{n}", String(Math.floor(100 * received / size)));
    }

    function begin(file) {
      const about = new FormData();
      about.set("filename", file.name);
      about.set("size", String(file.size));
      about.set("mark", String(file.lastModified));
      return post(place.dataset.url, about, token);
    }

    /* A broken network is waited for; a refusal is told. */
    async function patiently(ask) {
      for (let tries = 0; tries < PATIENCE; tries += 1) {
        try {
          const answer = await ask();
          if (answer.status < 500) { return answer; }
        } catch (broken) { /* no answer at all: the same again */ }
        line.textContent = place.dataset.waiting;
        await pause();
      }
      return null;
    }

    async function send(file) {
      const started = await patiently(() => begin(file));
      const told = started && await started.json();
      if (!started || !started.ok) { return told ? told.text : place.dataset.failed; }
      let received = told.received;
      show(received, file.size);
      while (received < file.size) {
        const piece = file.slice(received, received + told.piece);
        const from = received;
        const answer = await patiently(() => post(`${told.url}?at=${from}`, piece, token));
        if (!answer) { return place.dataset.failed; }
        const said = await answer.json().catch(() => ({}));
        if (answer.ok || answer.status === 409) { received = said.received; } else { return said.text || place.dataset.failed; }
        show(received, file.size);
        if (said.is_done) { return ""; }
      }
      return "";
    }

    return function start(button) {
      const file = input.files[0];
      button.disabled = true;
      place.hidden = false;
      send(file).then((problem) => {
        button.disabled = false;
        if (problem) { line.textContent = problem; return; }
        input.value = "";
        form.querySelector("[data-upload-done]").click();
      });
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-upload]").forEach((button) => {
      const form = button.form;
      const input = form.elements.attachment;
      const start = Sender(form, input);
      button.addEventListener("click", (event) => {
        if (!input.files.length) { return; } // the server says what is missing
        event.preventDefault();
        start(button);
      });
    });
  });
})();
