/** The runtimes of `npm run test:runtimes`: where each comes from, which version, and how the suite runs in it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installedEngines } from '../../scripts/lib/engines.ts'
import { installedVersion, machineVersions } from '../../scripts/lib/runtime-versions.mjs'
import { readJson, root } from '../../scripts/lib/workspace.mjs'
import { chromium, firefox, webkit } from './drivers/browser.ts'
import { command, denoArgs } from './drivers/command.ts'
import type { Driver } from './drivers/driver.ts'
import { edgeLight } from './drivers/edge-light.ts'
import { chromiumOptions, firefoxOptions } from './drivers/launch-options.ts'
import { findWebKit } from './drivers/webkit.ts'
import { workerd } from './drivers/workerd.ts'

/** A runtime of the table. */
export interface Runtime {
  readonly id: string
  readonly name: string
  readonly version: string | undefined
  /** The machine brings it: its version is whatever is found here. */
  readonly fromMachine?: boolean
}

export async function runtimes(): Promise<Runtime[]> {
  const found = await machineVersions()
  const engines = readJson(join(root, 'tests/engines/package.json')).optionalDependencies
  const pinned = (name: string): string | undefined => engines[name].split('@').at(-1)
  const fromMachine = true
  return [
    { id: 'node', name: 'Node', version: process.versions.node, fromMachine },
    { id: 'node22', name: 'Node 22', version: pinned('node22') },
    { id: 'node24', name: 'Node 24', version: pinned('node24') },
    { id: 'node26', name: 'Node 26', version: pinned('node26') },
    { id: 'deno', name: 'Deno', version: pinned('deno') },
    { id: 'bun', name: 'Bun', version: pinned('bun') },
    { id: 'edge-light', name: 'edge-light', version: installedVersion('@edge-runtime/vm') },
    { id: 'workerd', name: 'workerd', version: installedVersion('workerd') },
    { id: 'workerd-node', name: 'workerd, nodejs_compat', version: installedVersion('workerd') },
    { id: 'chromium', name: 'Chromium', version: numberIn(found.chromium), fromMachine },
    { id: 'firefox', name: 'Firefox', version: numberIn(found.firefox), fromMachine },
    { id: 'webkit', name: 'WebKitGTK', version: numberIn(found.webkit), fromMachine },
  ]
}

/** How the suite runs in each, by id: `({ stage, settings }) => report`; one that is not here is missing. */
export function runners(): Partial<Record<string, Driver>> {
  const engines = Object.fromEntries(
    installedEngines().map(({ name, path }) => [
      name,
      name === 'deno' ? command(path, denoArgs) : command(path),
    ]),
  )
  return {
    node: command(process.execPath),
    ...engines,
    'edge-light': edgeLight,
    workerd: inWorkerd('plain'),
    'workerd-node': inWorkerd('node'),
    ...(existsSync(chromiumOptions.executablePath) && { chromium }),
    ...(existsSync(firefoxOptions.executablePath) && { firefox }),
    ...(findWebKit().missing === undefined && { webkit }),
  }
}

function inWorkerd(kind: 'plain' | 'node'): Driver {
  return ({ stage, settings }) => {
    const entry = join(stage, 'tests/runtimes/entries/worker.js')
    return workerd({ kind, entry, out: join(stage, 'bundles', `workerd-${kind}`), settings })
  }
}

function numberIn(text: string): string | undefined {
  return /\d[\w.]*$/.exec(text)?.[0]
}
