// What the tests ask of env.IMAGES, as users write it; every path is one scenario and answers JSON.
const scenarios = {
  async info({ IMAGES }, bytes) {
    return IMAGES.info(stream(bytes));
  },
  async pipeline({ IMAGES }, bytes) {
    const mark = IMAGES.input(stream(bytes)).transform({ width: 10, rotate: 90 });
    const answer = await IMAGES.input(stream(bytes))
      .transform({ width: 40, height: 20, fit: "cover", gravity: { x: 0.5, y: 0.2, mode: "remainder" } })
      .draw(mark, { bottom: 0, right: 0 })
      .output({ format: "image/png", background: "#fff", anim: false });
    return { type: answer.contentType(), body: await base64(answer.image()) };
  },
  async raw({ IMAGES }, bytes) {
    const answer = await IMAGES.input(stream(bytes)).output({ format: "rgba" });
    const response = answer.response();
    return { type: response.headers.get("content-type"), size: (await response.arrayBuffer()).byteLength };
  },
  async twice({ IMAGES }, bytes) {
    const transformer = IMAGES.input(stream(bytes));
    await transformer.output({ format: "image/png" });
    return transformer.output({ format: "image/png" });
  },
  async noPicture({ IMAGES }) {
    return IMAGES.info(stream(new TextEncoder().encode("nothing")));
  },
  async wrongFit({ IMAGES }, bytes) {
    return IMAGES.input(stream(bytes)).transform({ fit: "stretch" }).output({ format: "image/png" });
  },
  async noFormat({ IMAGES }, bytes) {
    return IMAGES.input(stream(bytes)).output({});
  },
  async trusted({ DIRECT }, bytes) {
    const answer = await DIRECT.input(stream(bytes)).output({ format: "image/webp" });
    return { info: await DIRECT.info(stream(bytes)), type: answer.contentType() };
  },
  async hosted({ IMAGES }, bytes) {
    const { hosted } = IMAGES;
    const uploaded = await hosted.upload(bytes, {
      id: "from/a worker",
      filename: "w.png",
      metadata: { status: "live", views: 7 },
      creator: "ada",
    });
    const image = hosted.image("from/a worker");
    const signed = await image.signedUrl({ variant: "public", expiresIn: 600 });
    const forever = await image.signedUrl({ variant: "public" });
    const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const encoded = await hosted.upload(new TextEncoder().encode(text), { encoding: "base64", creator: "ada" });
    const first = await hosted.list({ limit: 1, creator: "ada" });
    const second = await hosted.list({ limit: 1, creator: "ada", cursor: first.cursor });
    const found = async (metadata) => (await hosted.list({ filter: { metadata } })).images.map(({ id }) => id);
    return {
      uploaded,
      details: await image.details(),
      bytes: await base64(await image.bytes()),
      signed,
      forever,
      encoded: await base64(await hosted.image(encoded.id).bytes()),
      pages: [first, second].map(({ images, listComplete }) => [images.map(({ id }) => id), listComplete]),
      encodedId: encoded.id,
      live: await found({ status: "live", views: { gte: 7, lt: 8 } }),
      none: await found({ views: { in: [1, 2] } }),
      tooMany: await message(() => found({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 })),
      updated: await image.update({ metadata: { status: "old" } }),
      direct: await hosted.createDirectUpload({ expiresIn: 600, metadata: { from: "worker" } }),
      tooLong: await message(() => hosted.createDirectUpload({ expiresIn: 5 })),
      deleted: [await image.delete(), await image.delete(), await hosted.image(encoded.id).delete()],
      absent: [await image.details(), await image.bytes()],
      unknown: await message(() => image.update({ creator: "b" })),
    };
  },
  async text({ IMAGES }) {
    if (!IMAGES.text) return { absent: true };
    const answer = await IMAGES.text("Hi", { font: { url: "http://127.0.0.1:1/font.ttf" } }).output({ format: "image/png" });
    return { type: answer.contentType() };
  },
};

export default {
  async fetch(request, env) {
    const bytes = await request.arrayBuffer();
    const name = new URL(request.url).pathname.slice(1);
    try {
      return Response.json({ result: await scenarios[name](env, bytes) });
    } catch (error) {
      return Response.json({ message: error.message, code: error.code, stack: error.stack });
    }
  },
};

function stream(bytes) {
  return new Response(bytes).body;
}

async function base64(body) {
  return btoa(String.fromCharCode(...new Uint8Array(await new Response(body).arrayBuffer())));
}

async function message(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return error.message;
  }
}
