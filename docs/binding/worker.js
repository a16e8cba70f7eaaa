// The adapter between the Images binding of Workers and Tintype: docs/binding.md says how it is set up.
//
// Environment: ACCOUNT (its id), TOKEN (of the API), BASE (the address of Tintype as Host headers shall say it), and UP,
// a service that reaches it; without UP the adapter uses fetch itself.
import { WorkerEntrypoint, RpcTarget } from "cloudflare:workers";

const MOST_CONDITIONS = 5;
const OPERATORS = ["eq", "in", "gt", "gte", "lt", "lte"];

export class Images extends WorkerEntrypoint {
  // /info and /transform of env.IMAGES.info(), input() and text().
  fetch(request) {
    const { pathname } = new URL(request.url);
    return ask(this.env, `/binding${pathname}`, request);
  }

  image(id) {
    return new Handle(this.env, id);
  }

  async upload(content, options = {}) {
    let bytes = await new Response(content).arrayBuffer();
    if (options.encoding === "base64") {
      bytes = Uint8Array.from(atob(new TextDecoder().decode(bytes)), (char) => char.charCodeAt(0));
    }
    const form = fields(options);
    form.set("file", new Blob([bytes]), options.filename ?? "image");
    return result(await api(this.env, "/v1", { method: "POST", body: form }));
  }

  async list(options = {}) {
    const query = new URLSearchParams({ sort_order: options.sortOrder ?? "asc" });
    if (options.limit !== undefined) query.set("per_page", options.limit);
    if (options.cursor !== undefined) query.set("continuation_token", options.cursor);
    if (options.creator !== undefined) query.set("creator", options.creator);
    const wanted = options.filter?.metadata ?? options.metadataFilter ?? {};
    for (const [name, value] of conditions(wanted)) query.append(name, value);
    const { images, continuation_token: cursor } = await result(await api(this.env, `/v2?${query}`));
    return cursor ? { images, cursor, listComplete: false } : { images, listComplete: true };
  }

  async createDirectUpload(options = {}) {
    const seconds = options.expiresIn ?? 1800;
    if (!(seconds >= 120 && seconds <= 21600)) throw new RangeError("expiresIn: expected 120 to 21600 seconds");
    const form = fields(options);
    form.set("expiry", new Date(Date.now() + seconds * 1000).toISOString());
    return result(await api(this.env, "/v2/direct_upload", { method: "POST", body: form }));
  }
}

// One image; nothing is asked before a method is called.
class Handle extends RpcTarget {
  #env;
  #path;

  constructor(env, id) {
    super();
    this.#env = env;
    this.#path = `/v1/${encodeURIComponent(id)}`;
  }

  async details() {
    return known(await api(this.#env, this.#path));
  }

  async bytes() {
    const response = await api(this.#env, `${this.#path}/blob`);
    if (response.ok) return response.body;
    return known(response);
  }

  async update(options) {
    const { requireSignedURLs, metadata, creator } = options;
    const body = JSON.stringify({ requireSignedURLs, metadata, creator });
    const headers = { "content-type": "application/json" };
    return result(await api(this.#env, this.#path, { method: "PATCH", body, headers }));
  }

  async delete() {
    return (await known(await api(this.#env, this.#path, { method: "DELETE" }))) !== null;
  }

  async signedUrl(options) {
    const details = await this.details();
    if (details === null) throw new Error("Image not found");
    const wanted = encodeURIComponent(options.variant);
    const found = details.variants.find((url) => url.endsWith(`/${wanted}`));
    if (!found) throw new Error(`the account has no variant ${options.variant}`);
    const { keys } = await result(await api(this.#env, "/v1/keys"));
    const key = keys.find(({ name }) => name === (options.keyName ?? "default"));
    if (!key) throw new Error(`the account has no signing key ${options.keyName ?? "default"}`);
    const expires = options.expiresIn === undefined ? "" : `?exp=${Math.floor(Date.now() / 1000) + options.expiresIn}`;
    const path = found.slice(found.indexOf("/", found.indexOf("//") + 2)) + expires;
    return `${found}${expires}${expires ? "&" : "?"}sig=${await hmac(key.value, path)}`;
  }
}

export default {
  fetch() {
    return new Response(null, { status: 404 });
  },
};

function ask(env, path, init) {
  const request = new Request(new URL(path, env.BASE ?? "http://127.0.0.1:8000"), init);
  request.headers.set("authorization", `Bearer ${env.TOKEN}`);
  return (env.UP ?? globalThis).fetch(request);
}

function api(env, path, init) {
  return ask(env, `/client/v4/accounts/${env.ACCOUNT}/images${path}`, init);
}

// The result of an answer in the API's envelope.
async function result(response) {
  const { success, result, errors } = await response.json();
  if (success) return result;
  throw Object.assign(new Error(errors[0].message), { code: errors[0].code });
}

// The same, or null for what is not there.
async function known(response) {
  if (response.status !== 404) return result(response);
  await response.body?.cancel();
  return null;
}

function fields({ id, requireSignedURLs, metadata, creator }) {
  const form = new FormData();
  if (id !== undefined) form.set("id", id);
  if (creator !== undefined) form.set("creator", creator);
  if (metadata !== undefined) form.set("metadata", JSON.stringify(metadata));
  form.set("requireSignedURLs", String(requireSignedURLs ?? false));
  return form;
}

// {status: "live", views: {gte: 5}} as meta.status[eq:string]=live and meta.views[gte:number]=5.
function conditions(metadata) {
  const found = Object.entries(metadata).flatMap(([field, value]) => {
    const tests = value !== null && typeof value === "object" && !Array.isArray(value) ? value : { eq: value };
    return Object.entries(tests).map(([operator, operand]) => {
      if (!OPERATORS.includes(operator)) throw new TypeError(`filter: no operator ${operator}`);
      const first = Array.isArray(operand) ? operand[0] : operand;
      if (!["string", "number", "boolean"].includes(typeof first)) throw new TypeError(`filter: ${field} has no value`);
      return [`meta.${field}[${operator}:${typeof first}]`, Array.isArray(operand) ? operand.join("|") : String(operand)];
    });
  });
  if (found.length > MOST_CONDITIONS) throw new RangeError(`filter: at most ${MOST_CONDITIONS} conditions`);
  return found;
}

async function hmac(key, text) {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
