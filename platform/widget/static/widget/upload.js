/* <tintype-upload>: choose or drop pictures, they go straight to the upload host. One file, no dependencies.

   Attributes
     endpoint     URL of your own server; a POST with {"filename": …} answers {"uploadURL": "…"} (or {"result": {"uploadURL": "…"}})
     upload-url   one direct-upload URL, when your page already has it (one file)
     accept       what may be chosen, as in <input accept>; default image/*
     multiple     several files
     max-size     bytes; larger files are refused before they are sent
     theme        light, dark, or auto (what the visitor's system prefers); without it the colour scheme of the page
     drop         "page": files may be dropped or pasted anywhere on the page
   Properties
     headers      further headers for the endpoint, e.g. {"X-CSRFToken": "…"}
   Methods
     add(files)   upload these as if they had been chosen;   clear()  take finished ones off the list
   Events (they bubble)
     tintype-progress {file, loaded, total}   tintype-done {file, result}   tintype-error {file, message, status}
   Slots: the default slot replaces the words in the drop zone. Parts: zone, button, list, item. */
(() => {
  "use strict";

  const PARALLEL = 3;
  const USED_UP = new Set([404, 409, 410]); // this upload URL will not work again: ask for another one
  const UNREACHABLE = "The server could not be reached. Check the connection and try again.";

  const STYLE = `
    :host { display: block; font: inherit; color: var(--_ink);
      --_ink: var(--tintype-ink, light-dark(#221f1c, #f1ede8)); --_soft: var(--tintype-soft, light-dark(#6a635c, #aaa29a));
      --_line: var(--tintype-line, light-dark(#cfc7be, #4a443e)); --_fill: var(--tintype-fill, light-dark(#fbf9f7, #1d1a18));
      --_accent: var(--tintype-accent, light-dark(#9c4408, #f2a65e)); --_on: var(--tintype-on-accent, light-dark(#fff, #1d1208));
      --_bad: var(--tintype-bad, light-dark(#b3261e, #ff9a8f)); --_good: var(--tintype-good, light-dark(#1c6b43, #7fd6a6));
 }
    :host([theme="auto"]) { color-scheme: light dark; }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    :host([hidden]) { display: none; }
    .zone { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: .5rem 1rem; padding: 1.5rem 1rem;
      border: 1.5px dashed var(--_line); border-radius: .9rem; background: var(--_fill); text-align: center;
      transition: border-color .15s, background .15s; }
    .zone.over { border-color: var(--_accent); border-style: solid;
      background: color-mix(in srgb, var(--_accent) 10%, var(--_fill)); }
    .words { color: var(--_soft); }
    button { font: inherit; cursor: pointer; border-radius: .55rem; border: 1px solid transparent; }
    button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
    .pick { padding: .5rem 1rem; font-weight: 600; background: var(--_accent); color: var(--_on); }
    .pick:hover { filter: brightness(1.08); }
    ul { list-style: none; margin: .75rem 0 0; padding: 0; display: grid; gap: .5rem; }
    ul:empty { display: none; }
    li { display: grid; grid-template-columns: 1fr auto; gap: .15rem .75rem; align-items: center; padding: .6rem .8rem;
      border: 1px solid var(--_line); border-radius: .65rem; background: var(--_fill); }
    .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 550; }
    .side { display: flex; gap: .4rem; align-items: center; color: var(--_soft); font-size: .85em; white-space: nowrap; }
    .side button { padding: .2rem .6rem; background: transparent; border-color: var(--_line); color: var(--_ink); }
    .side button:hover { border-color: var(--_accent); }
    .note { grid-column: 1 / -1; font-size: .88em; color: var(--_soft); overflow-wrap: anywhere; }
    .note:empty { display: none; }
    li[data-state="failed"] { border-color: var(--_bad); }
    li[data-state="failed"] .note { color: var(--_bad); }
    li[data-state="done"] .side { color: var(--_good); }
    progress { grid-column: 1 / -1; width: 100%; height: .35rem; appearance: none; border: 0; border-radius: 1rem;
      overflow: hidden; background: var(--_line); }
    progress::-webkit-progress-bar { background: var(--_line); }
    progress::-webkit-progress-value { background: var(--_accent); transition: width .15s; }
    progress::-moz-progress-bar { background: var(--_accent); }
    li[data-state="done"] progress, li[data-state="failed"] progress { display: none; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }`;

  const MARKUP = `
    <div class="zone" part="zone">
      <button type="button" class="pick" part="button"></button>
      <span class="words"><slot></slot></span>
      <input type="file" class="hidden" tabindex="-1" aria-hidden="true">
    </div>
    <ul part="list" aria-label="Uploads"></ul>
    <p class="hidden" role="status" aria-live="polite"></p>`;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);

  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  const bytes = (count) => {
    const units = ["bytes", "KB", "MB", "GB"];
    const step = Math.min(3, count > 0 ? Math.floor(Math.log(count) / Math.log(1024)) : 0);
    return `${(count / 1024 ** step).toFixed(step && count / 1024 ** step < 10 ? 1 : 0)} ${units[step]}`;
  };

  const json = (text) => {
    try { return JSON.parse(text); } catch { return null; }
  };

  /* The server's own sentence, or one that says what happened. */
  const sentence = (status, body) =>
    body?.errors?.[0]?.message || body?.error || (status ? `The server answered with status ${status}. Try again.` : UNREACHABLE);

  class Refused extends Error {
    constructor(status, message) { super(message); this.status = status; }
  }

  class TintypeUpload extends HTMLElement {
    static observedAttributes = ["accept", "multiple"];
    headers = {};
    #waiting = [];
    #running = 0;
    #counts = { all: 0, done: 0, failed: 0 };
    #leave = null;
    #parts;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.innerHTML = MARKUP;
      const [zone, button, input, list, status] = ["div", "button", "input", "ul", "[role=status]"].map((s) => root.querySelector(s));
      this.#parts = { zone, button, input, list, status };
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", () => { this.add(input.files); input.value = ""; });
    }

    connectedCallback() {
      this.#leave = new AbortController();
      const { signal } = this.#leave;
      const place = this.getAttribute("drop") === "page" ? document : this.#parts.zone;
      place.addEventListener("dragover", (event) => this.#over(event), { signal });
      place.addEventListener("dragleave", (event) => this.#out(event), { signal });
      place.addEventListener("drop", (event) => this.#drop(event), { signal });
      if (place === document) document.addEventListener("paste", (event) => this.#paste(event), { signal });
      this.attributeChangedCallback();
    }

    disconnectedCallback() { this.#leave?.abort(); }

    attributeChangedCallback() {
      const { button, input } = this.#parts;
      input.accept = this.getAttribute("accept") || "image/*";
      input.multiple = this.hasAttribute("multiple");
      button.textContent = input.multiple ? "Choose pictures" : "Choose a picture";
      const slot = this.shadowRoot.querySelector("slot");
      slot.textContent = input.multiple ? "or drop them here" : "or drop it here";
    }

    /* Upload these files; without `multiple` the first one only. */
    add(files) {
      const chosen = [...files].slice(0, this.hasAttribute("multiple") ? undefined : 1);
      for (const file of chosen) this.#enqueue(file);
      if (chosen.length) this.#say(`${chosen.length} ${chosen.length === 1 ? "file" : "files"} to upload`);
      this.#next();
    }

    /* Take finished uploads off the list. */
    clear() {
      for (const row of this.#parts.list.querySelectorAll("li[data-state=done]")) row.remove();
    }

    #over(event) {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      this.#parts.zone.classList.add("over");
    }

    #out(event) {
      if (!event.relatedTarget) this.#parts.zone.classList.remove("over");
      else if (event.currentTarget === this.#parts.zone && !this.#parts.zone.contains(event.relatedTarget)) {
        this.#parts.zone.classList.remove("over");
      }
    }

    #drop(event) {
      this.#parts.zone.classList.remove("over");
      if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    }

    #paste(event) {
      if (event.clipboardData?.files.length) this.add(event.clipboardData.files);
    }

    #enqueue(file) {
      const item = { file, url: null, row: make("li", { part: "item" }) };
      const name = make("span", { class: "name", title: file.name }, file.name);
      item.side = make("span", { class: "side" }, bytes(file.size));
      item.bar = make("progress", { max: "1", value: "0", "aria-label": `Upload of ${file.name}` });
      item.note = make("span", { class: "note" });
      item.row.append(name, item.side, item.bar, item.note);
      this.#parts.list.append(item.row);
      this.#counts.all += 1;
      const limit = Number(this.getAttribute("max-size")) || Infinity;
      if (file.size > limit) this.#failed(item, new Refused(0, `This file has ${bytes(file.size)}; at most ${bytes(limit)} can be uploaded.`));
      else this.#waiting.push(item);
    }

    #next() {
      while (this.#running < PARALLEL && this.#waiting.length) {
        const item = this.#waiting.shift();
        this.#running += 1;
        this.#upload(item)
          .then((result) => this.#done(item, result), (fault) => this.#failed(item, fault))
          .finally(() => { this.#running -= 1; this.#next(); });
      }
    }

    async #upload(item) {
      item.row.dataset.state = "running";
      item.url ??= this.getAttribute("upload-url") || (await this.#ask(item.file));
      return this.#send(item);
    }

    /* Ask the endpoint for a one-time URL. */
    async #ask(file) {
      const answer = await fetch(this.getAttribute("endpoint"), {
        method: "POST", credentials: "same-origin", redirect: "error",
        headers: { "Content-Type": "application/json", Accept: "application/json", ...this.headers },
        body: JSON.stringify({ filename: file.name }),
      }).catch(() => { throw new Refused(0, UNREACHABLE); });
      const body = json(await answer.text());
      const url = body?.uploadURL || body?.result?.uploadURL;
      if (!answer.ok || !url) throw new Refused(answer.status, sentence(answer.status, body));
      return url;
    }

    /* XMLHttpRequest, since fetch tells nothing of the progress of a request's body. */
    #send(item) {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const form = new FormData();
        form.append("file", item.file, item.file.name);
        request.upload.addEventListener("progress", (event) => this.#progress(item, event.loaded, event.total));
        request.addEventListener("error", () => reject(new Refused(0, UNREACHABLE)));
        request.addEventListener("load", () => {
          const body = json(request.responseText);
          if (request.status >= 200 && request.status < 300 && body) resolve(body.result ?? body);
          else reject(new Refused(request.status, sentence(request.status, body)));
        });
        request.open("POST", item.url);
        request.send(form);
      });
    }

    #progress(item, loaded, total) {
      item.bar.value = total ? loaded / total : 0;
      item.side.textContent = loaded < total ? `${Math.floor((100 * loaded) / total)} %` : "Checking …";
      this.#tell("progress", { file: item.file, loaded, total });
    }

    #done(item, result) {
      item.row.dataset.state = "done";
      item.side.textContent = "✓ Uploaded";
      this.#counts.done += 1;
      this.#summary();
      this.#tell("done", { file: item.file, result });
    }

    #failed(item, fault) {
      item.row.dataset.state = "failed";
      item.note.textContent = fault.message;
      item.side.textContent = "";
      if (USED_UP.has(fault.status)) item.url = null;
      if (!(item.file.size > Number(this.getAttribute("max-size") || Infinity))) item.side.append(this.#button("Retry", item, () => this.#again(item)));
      item.side.append(this.#button("Dismiss", item, () => this.#dismiss(item)));
      this.#counts.failed += 1;
      this.#say(`${item.file.name}: ${fault.message}`);
      this.#tell("error", { file: item.file, message: fault.message, status: fault.status ?? 0 });
    }

    #button(words, item, action) {
      const button = make("button", { type: "button", "aria-label": `${words} ${item.file.name}` }, words);
      button.addEventListener("click", action);
      return button;
    }

    #again(item) {
      this.#counts.failed -= 1;
      item.row.dataset.state = "waiting";
      item.note.textContent = "";
      item.side.textContent = bytes(item.file.size);
      item.bar.value = 0;
      this.#waiting.push(item);
      this.#next();
    }

    #dismiss(item) {
      item.row.remove();
      this.#parts.button.focus();
    }

    #summary() {
      const { all, done, failed } = this.#counts;
      this.#say(`${done} of ${all} uploaded${failed ? `, ${failed} failed` : ""}`);
    }

    #say(words) { this.#parts.status.textContent = words; }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(`tintype-${name}`, { detail, bubbles: true, composed: true }));
    }
  }

  if (!customElements.get("tintype-upload")) customElements.define("tintype-upload", TintypeUpload);
})();
