# Plain workerd: no `process`, no `Buffer`, no `node:` modules. Newer dates bring them by default, so they are refused.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (
      name = "main",
      worker = (
        modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [ "no_nodejs_compat", "no_nodejs_compat_v2" ],
      ),
    ),
  ],
);
