# The edge under workerd, as `npm run demo:edge` runs it: settings come from the environment, so that no secret is in a
# file. `local` is one isolate; `many` is the same Worker in eight services, each an isolate with a socket of its own,
# and all share the Durable Object of a ninth.
using Workerd = import "/workerd/workerd.capnp";

const local :Workerd.Config = (
  services = [ (name = "vault", worker = .vault), .loopback ],
  sockets = [ (name = "http1", address = "127.0.0.1:0", http = (), service = "vault") ],
);

const many :Workerd.Config = (
  services = [
    (name = "vault", worker = .vault),
    (name = "edge1", worker = .edge),
    (name = "edge2", worker = .edge),
    (name = "edge3", worker = .edge),
    (name = "edge4", worker = .edge),
    (name = "edge5", worker = .edge),
    (name = "edge6", worker = .edge),
    (name = "edge7", worker = .edge),
    (name = "edge8", worker = .edge),
    .loopback,
  ],
  sockets = [
    (name = "http1", address = "127.0.0.1:0", http = (), service = "edge1"),
    (name = "http2", address = "127.0.0.1:0", http = (), service = "edge2"),
    (name = "http3", address = "127.0.0.1:0", http = (), service = "edge3"),
    (name = "http4", address = "127.0.0.1:0", http = (), service = "edge4"),
    (name = "http5", address = "127.0.0.1:0", http = (), service = "edge5"),
    (name = "http6", address = "127.0.0.1:0", http = (), service = "edge6"),
    (name = "http7", address = "127.0.0.1:0", http = (), service = "edge7"),
    (name = "http8", address = "127.0.0.1:0", http = (), service = "edge8"),
  ],
);

# The sandbox is on loopback; nothing else can be reached.
const loopback :Workerd.Service = (name = "loopback", network = (allow = ["127.0.0.0/8"]));

const edge :Workerd.Worker = (
  modules = .modules,
  compatibilityDate = .compatibilityDate,
  compatibilityFlags = .compatibilityFlags,
  bindings = .bindings,
  globalOutbound = "loopback",
);

const vault :Workerd.Worker = (
  modules = .modules,
  compatibilityDate = .compatibilityDate,
  compatibilityFlags = .compatibilityFlags,
  bindings = .bindings,
  globalOutbound = "loopback",
  durableObjectNamespaces = [
    (className = "TokenVault", uniqueKey = "isoauth-token-vault"),
    (className = "SessionKeeper", uniqueKey = "isoauth-session-keeper"),
  ],
  durableObjectStorage = (inMemory = void),
);

const modules :List(Workerd.Worker.Module) = [
  (name = "worker", esModule = embed "dist/worker.mjs"),
];

const compatibilityDate :Text = "2026-11-01";

# No Node module is used, though newer dates bring them.
const compatibilityFlags :List(Text) = [
  "no_nodejs_compat",
  "no_nodejs_compat_v2",
  "enable_request_signal",
];

const bindings :List(Workerd.Worker.Binding) = [
  (name = "TOKEN_VAULT", durableObjectNamespace = (className = "TokenVault", serviceName = "vault")),
  (name = "SESSION_KEEPER", durableObjectNamespace = (className = "SessionKeeper", serviceName = "vault")),
  (name = "ISOAUTH_IBKR_OAUTH1_BASE_URL", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_BASE_URL"),
  (name = "ISOAUTH_IBKR_OAUTH1_REALM", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_REALM"),
  (name = "ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY"),
  (name = "ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN"),
  (name = "ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN_SECRET", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN_SECRET"),
  (name = "ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY"),
  (name = "ISOAUTH_IBKR_OAUTH1_ENCRYPTION_KEY", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_ENCRYPTION_KEY"),
  (name = "ISOAUTH_IBKR_OAUTH1_DH_PARAMETERS", fromEnvironment = "ISOAUTH_IBKR_OAUTH1_DH_PARAMETERS"),
  (name = "ISOAUTH_EDGE_ORIGIN", fromEnvironment = "ISOAUTH_EDGE_ORIGIN"),
  (name = "ISOAUTH_EDGE_COOKIE_KEY", fromEnvironment = "ISOAUTH_EDGE_COOKIE_KEY"),
  (name = "ISOAUTH_EDGE_STORE_KEY", fromEnvironment = "ISOAUTH_EDGE_STORE_KEY"),
  (name = "ISOAUTH_EDGE_DEVELOPMENT_CODE", fromEnvironment = "ISOAUTH_EDGE_DEVELOPMENT_CODE"),
  (name = "ISOAUTH_EDGE_KEEP_SESSION", fromEnvironment = "ISOAUTH_EDGE_KEEP_SESSION"),
  (name = "ISOAUTH_EDGE_IDENTITY_HEADER", fromEnvironment = "ISOAUTH_EDGE_IDENTITY_HEADER"),
  (name = "ISOAUTH_EDGE_IDENTITY_ISSUER", fromEnvironment = "ISOAUTH_EDGE_IDENTITY_ISSUER"),
  (name = "ISOAUTH_EDGE_IDENTITY_AUDIENCE", fromEnvironment = "ISOAUTH_EDGE_IDENTITY_AUDIENCE"),
  (name = "ISOAUTH_EDGE_IDENTITY_JWKS_URL", fromEnvironment = "ISOAUTH_EDGE_IDENTITY_JWKS_URL"),
  (name = "ISOAUTH_EDGE_IDENTITY_PEOPLE", fromEnvironment = "ISOAUTH_EDGE_IDENTITY_PEOPLE"),
];
