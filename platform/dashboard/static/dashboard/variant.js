/* The form of a variant: a colour picker beside each colour. */
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

  document.querySelectorAll("[data-colour]").forEach(picker);
})();
