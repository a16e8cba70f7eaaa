/* The form of a variant: a colour picker beside each colour, how much is set, and a field that finds options. */
(() => {
  "use strict";

  const HEX = /^#[0-9a-f]{6}$/i;

  const picker = (field) => {
    const box = document.createElement("div");
    box.className = "colour";
    const pick = document.createElement("input");
    pick.type = "color";
    pick.value = HEX.test(field.value) ? field.value : "#ffffff";
    pick.setAttribute("aria-label", `Pick: ${field.labels[0].textContent}`);
    pick.addEventListener("input", () => {
      field.value = pick.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    field.addEventListener("input", () => { if (HEX.test(field.value)) pick.value = field.value; });
    field.replaceWith(box);
    box.append(pick, field);
  };

  const parts = [...document.querySelectorAll("[data-part]")];

  const count = (part) => {
    const set = [...part.querySelectorAll("[name]")].filter((field) => field.value.trim()).length;
    const badge = part.querySelector("[data-count]");
    badge.textContent = `${set} set`;
    badge.hidden = !set;
  };

  /* While something is sought, only what was found is there, unfolded; afterwards the parts are as they were. */
  const finder = (bar) => {
    const field = bar.querySelector("input");
    const told = bar.querySelector("[role=status]");
    let folded = null;

    const show = (part, words) => {
      const options = [...part.querySelectorAll("[data-option]")];
      for (const option of options) {
        const text = `${option.dataset.option} ${option.textContent}`.toLowerCase();
        option.hidden = !words.every((word) => text.includes(word));
      }
      const found = options.filter((option) => !option.hidden).length;
      part.hidden = !found;
      if (words.length) part.open = true;
      return found;
    };

    const find = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length) folded ??= parts.filter((part) => !part.open);
      const found = parts.map((part) => show(part, words)).reduce((all, some) => all + some, 0);
      told.textContent = words.length ? `${found} found` : "";
      if (words.length || !folded) return;
      for (const part of folded) part.open = false;
      folded = null;
    };

    bar.hidden = false;
    field.addEventListener("input", (event) => { event.stopPropagation(); find(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key !== "Escape") return;
      field.value = "";
      find();
    });
  };

  document.querySelectorAll("[data-colour]").forEach(picker);
  document.getElementById("variant").addEventListener("input", () => parts.forEach(count));
  finder(document.getElementById("find"));
  document.querySelector("[aria-invalid=true]")?.focus();
})();
