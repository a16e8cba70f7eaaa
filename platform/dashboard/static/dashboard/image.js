/* The page of an image: pixel size, bytes and format of each rendition, as this browser got it. */
(() => {
  "use strict";

  const NAMES = { jpeg: "JPEG", png: "PNG", webp: "WebP", avif: "AVIF", gif: "GIF", "svg+xml": "SVG" };
  const UNITS = ["bytes", "KB", "MB"];

  const bytes = (count) => {
    const step = count < 1024 ? 0 : count < 1024 ** 2 ? 1 : 2;
    const value = count / 1024 ** step;
    return `${value.toFixed(step && value < 10 ? 1 : 0)} ${UNITS[step]}`;
  };

  const facts = (image) => {
    const entry = performance.getEntriesByName(image.currentSrc).at(-1);
    const format = NAMES[entry?.contentType?.replace("image/", "")];
    const parts = [`${image.naturalWidth} × ${image.naturalHeight} px`];
    if (entry?.encodedBodySize) parts.push(bytes(entry.encodedBodySize));
    if (format) parts.push(format);
    return parts.join(" · ");
  };

  const tell = (image) => {
    const place = image.closest("[data-rendition]")?.querySelector("[data-facts]");
    if (!place || !image.complete) return;
    place.textContent = image.naturalWidth ? facts(image) : "This variant cannot be made of this image. Open it to read why.";
  };

  /* load and error do not bubble, but they can be caught on their way down. */
  document.addEventListener("load", (event) => { if (event.target.matches?.("img")) setTimeout(tell, 30, event.target); }, true);
  document.addEventListener("error", (event) => { if (event.target.matches?.("img")) tell(event.target); }, true);
  document.querySelectorAll("[data-rendition] img").forEach((image) => { if (image.currentSrc) tell(image); });
})();
