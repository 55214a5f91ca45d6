/** The other runtimes (`tests/engines`): there after `setUp({ engines: true })`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, root } from './workspace.mjs'

export interface Engine {
  readonly name: 'node22' | 'node24' | 'node26' | 'deno' | 'bun'
  readonly version: string
  readonly path: string
}

const folder = join(root, 'tests/engines/node_modules')

/** Those that are installed, by their path. */
export function installedEngines(): Engine[] {
  return [
    engine('node22', 'node22/bin/node'),
    engine('node24', 'node24/bin/node'),
    engine('node26', 'node26/bin/node'),
    engine('deno', '.bin/deno'),
    engine('bun', '.bin/bun'),
  ].filter(({ path }) => existsSync(path))
}

function engine(name: Engine['name'], file: string): Engine {
  const manifest = join(folder, name, 'package.json')
  const version = existsSync(manifest) ? readJson(manifest).version : undefined
  return { name, version, path: join(folder, file) }
}
