/** workerd by itself, without and with Node compatibility. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/lib/process.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'
import { bundle as byEsbuild } from './bundle.mjs'
import { readReport } from './report.mjs'

/** Newer dates bring Node's modules by default, so plain workerd has to refuse them. */
const FLAGS = {
  plain: ['no_nodejs_compat', 'no_nodejs_compat_v2'],
  node: ['nodejs_compat', 'nodejs_compat_v2'],
}

/** `kind` is `plain` or `node`; `entry` may be any file that `bundle`, esbuild by default, reads. */
export async function workerd({ kind, entry, out, settings, bundle = byEsbuild, signal }) {
  mkdirSync(out, { recursive: true })
  await bundle({
    entry,
    out: join(out, 'worker.mjs'),
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
  })
  writeFileSync(join(out, 'settings.json'), JSON.stringify(settings))
  writeFileSync(join(out, 'config.capnp'), configOf(kind))
  const args = ['test', join(out, 'config.capnp')]
  return readReport(await run('workerd', args, { env: toolEnv(), signal }))
}

function configOf(kind) {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (
      name = "main",
      worker = (
        modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [ ${FLAGS[kind].map((flag) => `"${flag}"`).join(', ')} ],
        bindings = [
          ( name = "SETTINGS", json = embed "settings.json" ),
          ( name = "NODE_COMPATIBILITY", json = "${kind === 'node'}" ),
        ],
        globalOutbound = "loopback",
      ),
    ),
    ( name = "loopback", network = ( allow = ["private"] ) ),
  ],
);
`
}
