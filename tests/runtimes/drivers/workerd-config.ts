/** The configuration of workerd for one worker, `worker.mjs` beside it, which may call this machine and nothing else. */

/** Newer dates bring Node's modules by default, so a worker without them has to refuse them. */
export const WITHOUT_NODE: readonly string[] = ['no_nodejs_compat', 'no_nodejs_compat_v2']

export interface WorkerdConfig {
  readonly flags: readonly string[]
  /** Name and value, as `text = "x"` or `json = embed "x.json"`. */
  readonly bindings: Readonly<Record<string, string>>
  /** Whether it is served on a free port of this machine, under the name `http`. */
  readonly isServed?: boolean
}

/** The text of a `config.capnp`. */
export function workerdConfig({ flags, bindings, isServed = false }: WorkerdConfig): string {
  const socket = '( name = "http", address = "127.0.0.1:0", http = (), service = "main" )'
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (
      name = "main",
      worker = (
        modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [ ${flags.map((flag) => `"${flag}"`).join(', ')} ],
        bindings = [
          ${Object.entries(bindings)
            .map(([name, value]) => `( name = "${name}", ${value} ),`)
            .join('\n          ')}
        ],
        globalOutbound = "loopback",
      ),
    ),
    ( name = "loopback", network = ( allow = ["private"] ) ),
  ],
  sockets = [ ${isServed ? socket : ''} ],
);
`
}
