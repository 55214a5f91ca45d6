/** workerd by itself, without and with Node compatibility. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/lib/process.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'
import { type BundleOptions, bundle as byEsbuild } from './bundle.ts'
import type { DriverReport, Settings } from './driver.ts'
import { readReport } from './report.ts'
import { WITHOUT_NODE, workerdConfig } from './workerd-config.ts'

type Kind = 'plain' | 'node'

export interface WorkerdOptions {
  readonly kind: Kind
  readonly entry: string
  readonly out: string
  readonly settings: Settings
  readonly bundle?: ((options: BundleOptions) => Promise<unknown>) | undefined
  readonly signal?: AbortSignal | undefined
}

const FLAGS: Record<Kind, readonly string[]> = {
  plain: WITHOUT_NODE,
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
  const config = workerdConfig({
    flags: FLAGS[kind],
    bindings: {
      SETTINGS: 'json = embed "settings.json"',
      NODE_COMPATIBILITY: `json = "${kind === 'node'}"`,
    },
  })
  writeFileSync(join(out, 'config.capnp'), config)
  const args = ['test', join(out, 'config.capnp')]
  return readReport(await run('workerd', args, { env: toolEnv(), signal }))
}
