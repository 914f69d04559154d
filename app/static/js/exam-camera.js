/* Pictures at random instants, sent one after another; what waits for the network is kept in memory. */
(function () {
  "use strict";

  const WIDTH = 320;
  const QUALITY = 0.6;
  const MOST = 40;
  const RETRY = 10000;

  class Camera {
    constructor(video, options) {
      this.video = video;
      this.options = options;
      this.waiting = [];
      this.isSending = false;
      this.isLost = false;
    }

    async start() {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: "user" }, audio: false });
        stream.getVideoTracks().forEach((track) => { track.addEventListener("ended", () => { this.lost(); }); });
        this.video.srcObject = stream;
        await this.video.play();
        if (this.isLost) { this.isLost = false; this.options.back(); }
        return true;
      } catch (refused) {
        this.lost();
        return false;
      }
    }

    lost() {
      if (!this.isLost) { this.isLost = true; this.options.lost(); }
    }

    /* Between half and one and a half times the mean, so that nobody knows when. */
    plan(first) {
      const mean = this.options.seconds * 1000;
      const pause = first ? 2000 : mean * (0.5 + Math.random());
      setTimeout(() => { this.take(); this.plan(false); }, pause);
    }

    async take() {
      if (this.isLost || !this.video.srcObject) {
        if (!(await this.start())) { return; }
      }
      if (!this.video.videoWidth) { return; }
      const canvas = document.createElement("canvas");
      canvas.width = WIDTH;
      canvas.height = Math.round(WIDTH * this.video.videoHeight / this.video.videoWidth);
      canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
      const taken = performance.now();
      const seq = this.options.sequence();
      canvas.toBlob((blob) => {
        if (!blob) { return; }
        this.waiting.push({ blob, taken, seq });
        if (this.waiting.length > MOST) { this.waiting.shift(); }
        this.send();
      }, "image/jpeg", QUALITY);
    }

    async send() {
      if (this.isSending) { return; }
      this.isSending = true;
      while (this.waiting.length) {
        const one = this.waiting[0];
        const age = ((performance.now() - one.taken) / 1000).toFixed(1);
        try {
          const answer = await fetch(`${this.options.url}?seq=${one.seq}&age=${age}`, { method: "POST", body: one.blob, credentials: "same-origin", redirect: "error", headers: { Accept: "application/json", "Content-Type": "image/jpeg", "X-CSRFToken": this.options.token } });
          if (answer.status >= 500) { throw new Error(String(answer.status)); }
          this.waiting.shift();
        } catch (offline) {
          setTimeout(() => { this.send(); }, RETRY);
          break;
        }
      }
      this.isSending = false;
    }
  }

  window.dingkaoExam.Camera = Camera;
})();
