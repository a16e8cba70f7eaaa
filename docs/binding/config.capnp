# workerd serve --experimental config.capnp: a Worker with env.IMAGES that Tintype answers.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "adapter", worker = .adapter),
    (name = "tintype", external = (address = "127.0.0.1:8000", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js")],
  compatibilityDate = "2026-04-01",
  bindings = [
    (name = "IMAGES", wrapped = (
      moduleName = "cloudflare-internal:images-api",
      innerBindings = [(name = "fetcher", service = (name = "adapter", entrypoint = "Images"))],
    )),
  ],
);

const adapter :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-04-01",
  bindings = [
    (name = "UP", service = "tintype"),
    (name = "BASE", text = "http://127.0.0.1:8000"),
    (name = "ACCOUNT", fromEnvironment = "TINTYPE_ACCOUNT"),
    (name = "TOKEN", fromEnvironment = "TINTYPE_TOKEN"),
  ],
);
