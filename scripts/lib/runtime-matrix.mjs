/** The runtimes of `npm run test:runtimes`: where each comes from, which version, and how the suite runs in it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, firefox, webkit } from '../../tests/runtimes/drivers/browser.mjs'
import { command, denoArgs } from '../../tests/runtimes/drivers/command.mjs'
import { edgeLight } from '../../tests/runtimes/drivers/edge-light.mjs'
import { chromiumOptions, firefoxOptions } from '../../tests/runtimes/drivers/launch-options.mjs'
import { findWebKit } from '../../tests/runtimes/drivers/webkit.mjs'
import { workerd } from '../../tests/runtimes/drivers/workerd.mjs'
import { installedEngines } from './engines.mjs'
import { installedVersion, runtimeVersions } from './runtime-versions.mjs'
import { readJson, root } from './workspace.mjs'

/**
 * Every runtime as `{ id, name, version }`, with `fromMachine` where the machine brings it: its version is then
 * whatever is found here, or undefined. Nothing has to be installed to ask for the others.
 */
export async function runtimes() {
  const found = await runtimeVersions()
  const engines = readJson(join(root, 'tests/engines/package.json')).optionalDependencies
  const pinned = (name) => engines[name].split('@').at(-1)
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
export function runners() {
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

function inWorkerd(kind) {
  return ({ stage, settings }) => {
    const entry = join(stage, 'tests/runtimes/entries/worker.js')
    return workerd({ kind, entry, out: join(stage, 'bundles', `workerd-${kind}`), settings })
  }
}

function numberIn(text) {
  return /\d[\w.]*$/.exec(text)?.[0]
}
