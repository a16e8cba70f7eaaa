/* On every page: theme, copy buttons, questions before something is deleted, messages that go away. */
(() => {
  "use strict";

  const root = document.documentElement;

  const toast = (words, kind = "") => {
    const box = document.createElement("div");
    box.className = `toast ${kind}`;
    const text = document.createElement("span");
    text.textContent = words;
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.close = "";
    close.setAttribute("aria-label", "Dismiss");
    close.textContent = "×";
    box.append(text, close);
    document.getElementById("toasts").append(box);
    fade(box);
  };

  /* Errors stay until they are closed. */
  const fade = (box) => {
    if (!box.classList.contains("error")) setTimeout(() => box.remove(), 5000);
  };

  const switchTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("tintype-theme", root.dataset.theme);
  };

  /* The clipboard needs a secure page; elsewhere the selection is copied the old way. */
  const copy = async (source) => {
    const text = "value" in source ? source.value : source.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      if (!document.execCommand("copy")) return toast("Copying is not allowed here. Select the text and copy it by hand.", "error");
    }
    toast("Copied");
  };

  /* The form again, after a yes in the dialog. */
  const ask = (form, submitter) => {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("h2").textContent = form.dataset.confirm;
    dialog.querySelector("p").textContent = form.dataset.confirmText ?? "";
    dialog.querySelector("[value=yes]").textContent = form.dataset.confirmYes ?? "Yes";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    }, { once: true });
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("themeToggle" in button.dataset) switchTheme();
    if ("close" in button.dataset) button.parentElement.remove();
    if (button.dataset.copy) copy(document.getElementById(button.dataset.copy));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    ask(form, event.submitter);
  });

  document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());
  document.addEventListener("focusin", (event) => { if (event.target.matches("input[readonly]")) event.target.select(); });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".toast").forEach(fade));

  window.tintype = { toast };
})();
