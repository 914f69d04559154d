/* A portrait is cropped and made small before it leaves: a photo of a phone has many megabytes. */
(function () {
  "use strict";

  const QUALITY = 0.9;

  function cut(image, wide, high) {
    const width = Math.min(image.width, Math.round(image.height * wide / high));
    const height = Math.min(image.height, Math.round(width * high / wide));
    return { left: Math.round((image.width - width) / 2), width, height };
  }

  function draw(canvas, image, part, wide, high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.getContext("2d").drawImage(image, part.left, 0, part.width, part.height, 0, 0, wide, high);
  }

  function replace(input, blob) {
    const files = new DataTransfer();
    files.items.add(new File([blob], "portrait.jpg", { type: "image/jpeg" }));
    input.files = files.files;
  }

  function watch(place) {
    const input = place.querySelector("input[type=file]");
    const canvas = place.querySelector("canvas");
    const said = place.querySelector("[role=status]");
    const [wide, high, leastWide, leastHigh] = ["width", "height", "leastWidth", "leastHeight"].map((name) => Number(place.dataset[name]));

    input.addEventListener("change", () => {
      const file = input.files[0];
      said.textContent = "";
      canvas.hidden = true;
      if (!file) { return; }
      createImageBitmap(file, { imageOrientation: "from-image" }).then((image) => {
        const part = cut(image, wide, high);
        if (part.width < leastWide || part.height < leastHigh) {
          input.value = "";
          said.textContent = place.dataset.small;
          return;
        }
        draw(canvas, image, part, wide, high);
        canvas.hidden = false;
        canvas.toBlob((blob) => { replace(input, blob); said.textContent = place.dataset.ready; }, "image/jpeg", QUALITY);
      }).catch(() => {
        input.value = "";
        said.textContent = place.dataset.unreadable;
      });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-portrait]").forEach(watch);
  });
})();
