/* 设备检查 before a sitting: camera with a live preview, way to the server, clock. */
(function () {
  "use strict";

  function tell(place, name, isGood, number) {
    const line = place.querySelector(`[data-check="${name}"]`);
    if (!line) { return; }
    line.textContent = (isGood ? line.dataset.ok : line.dataset.bad).replace("{n}", String(number));
    line.className = isGood ? "is-ok" : "is-bad";
  }

  async function camera(place) {
    const video = place.querySelector("[data-preview]");
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true, audio: false });
      video.hidden = false;
      await video.play();
      tell(place, "camera", true);
      return true;
    } catch (refused) {
      tell(place, "camera", false);
      return false;
    }
  }

  async function network(place) {
    const began = performance.now();
    try {
      const answer = await fetch(place.dataset.ping, { method: "HEAD", credentials: "same-origin", cache: "no-store" });
      const took = performance.now() - began;
      tell(place, "network", answer.ok, Math.round(took));
      const there = Date.parse(answer.headers.get("Date") || "");
      const apart = Number.isNaN(there) ? 0 : Math.round(Math.abs(Date.now() - took / 2 - there) / 1000);
      tell(place, "clock", apart <= 5, apart);
    } catch (offline) {
      tell(place, "network", false);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-device-check]");
    if (!place) { return; }
    const begin = document.querySelector("[data-begin]");
    const choice = document.querySelector("[data-no-camera]");
    let hasCamera = !("needsCamera" in place.dataset);

    function decide() {
      const without = document.getElementById("no-camera");
      if (choice) { choice.hidden = hasCamera; }
      if (begin) { begin.disabled = !hasCamera && !(without && without.checked); }
    }

    async function look() {
      if (!("needsCamera" in place.dataset)) { return; }
      hasCamera = await camera(place);
      decide();
    }

    decide();
    look();
    network(place);
    place.querySelectorAll("[data-again]").forEach((button) => { button.addEventListener("click", look); });
    if (choice) { choice.addEventListener("change", decide); }
  });
})();
