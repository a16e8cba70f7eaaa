/* The focal point: a click on the picture writes both numbers and saves them; the marker follows what is written. */
(() => {
  "use strict";

  const form = document.getElementById("focal");
  const marker = document.getElementById("focal-marker");
  const picture = document.querySelector("[data-focal-picture]");
  const { x, y } = form.elements;

  const share = (distance, size) => String(+Math.min(1, Math.max(0, distance / size)).toFixed(3));

  const mark = () => {
    const known = [x, y].every((field) => field.value && field.value >= 0 && field.value <= 1);
    marker.toggleAttribute("hidden", !known);
    if (!known) return;
    for (const circle of marker.children) {
      circle.setAttribute("cx", `${x.value * 100}%`);
      circle.setAttribute("cy", `${y.value * 100}%`);
    }
  };

  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    if (!picture.naturalWidth || !box.width) return;
    x.value = share(event.clientX - box.left, box.width);
    y.value = share(event.clientY - box.top, box.height);
    mark();
    form.requestSubmit();
  });
  form.addEventListener("input", mark);
  mark();
  picture.classList.add("aim");
})();
