/** workerd by itself, without and with Node compatibility. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/lib/process.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'
import { type BundleOptions, bundle as byEsbuild } from './bundle.ts'
import type { DriverReport, Settings } from './driver.ts'
import { readReport } from './report.ts'

type Kind = 'plain' | 'node'

export interface WorkerdOptions {
  readonly kind: Kind
  readonly entry: string
  readonly out: string
  readonly settings: Settings
  readonly bundle?: ((options: BundleOptions) => Promise<unknown>) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Newer dates bring Node's modules by default, so plain workerd has to refuse them. */
const FLAGS: Record<Kind, readonly string[]> = {
  plain: ['no_nodejs_compat', 'no_nodejs_compat_v2'],
  node: ['nodejs_compat', 'nodejs_compat_v2'],
}

/** `kind` is `plain` or `node`; `entry` may be any file that `bundle`, esbuild by default, reads. */
export async function workerd({
  kind,
  entry,
  out,
  settings,
  bundle = byEsbuild,
  signal,
}: WorkerdOptions): Promise<DriverReport> {
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

function configOf(kind: Kind): string {
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
