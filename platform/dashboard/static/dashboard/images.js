/* The page of images: new cards after an upload, and the selection. */
(() => {
  "use strict";

  const upload = document.getElementById("upload");
  const cards = document.getElementById("cards");
  const form = document.getElementById("selection");
  const bar = form.querySelector(".selected");
  const number = document.getElementById("selected-count");
  const total = document.getElementById("total");
  let last = null;

  upload.headers = { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value };

  const boxes = () => [...cards.querySelectorAll("input[type=checkbox]")];

  const show = () => {
    const count = boxes().filter((box) => box.checked).length;
    bar.hidden = count === 0;
    cards.classList.toggle("selecting", count > 0);
    number.textContent = count;
    form.dataset.confirm = count === 1 ? "Delete the selected image?" : `Delete the ${count} selected images?`;
  };

  /* With shift held, everything between this box and the one before follows. */
  const range = (box) => {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  };

  cards.addEventListener("click", (event) => {
    if (!event.target.matches("input[type=checkbox]")) return;
    if (event.shiftKey && last) range(event.target);
    last = event.target;
    show();
  });

  bar.addEventListener("click", (event) => {
    const what = event.target.closest("button")?.dataset.select;
    if (!what) return;
    boxes().forEach((box) => { box.checked = what === "all"; });
    show();
  });

  /* One field for all of them, however many: a form may not have more than 200. */
  form.addEventListener("formdata", ({ formData }) => formData.set("image", formData.getAll("image").join(",")));

  upload.addEventListener("tintype-done", async ({ detail }) => {
    const answer = await fetch(`${upload.dataset.card}?id=${encodeURIComponent(detail.result.id)}`);
    if (!answer.ok) return;
    cards.insertAdjacentHTML("afterbegin", await answer.text());
    cards.querySelector(".tile").classList.add("new");
    total.textContent = (Number(total.textContent.replace(/\D/g, "")) + 1).toLocaleString("en");
    setTimeout(() => upload.clear(), 4000);
  });

  document.addEventListener("htmx:after:swap", show);
  show();
})();
