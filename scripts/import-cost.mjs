/**
 * What importing a pure entry costs on this Node: best of new processes, less what an empty module costs there.
 * `bundled` is what a program that was bundled pays, and has a budget; `unbundled` reads the packed files one by one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../tests/runtimes/drivers/bundle.mjs'
import { build } from './lib/build.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'
import { stagePackages } from './lib/stage.mjs'
import { readJson } from './lib/workspace.mjs'

const BUDGET_MS = 3
const PROCESSES = 15
/** On a busy machine even the best of so many is a slow one: then there are more of them. */
const MOST_ROUNDS = 3
const PURE_ENTRIES = [
  '@isoauth/core-crypto',
  '@isoauth/core-crypto/rsaes-pkcs1-v1_5',
  '@isoauth/ibkr-oauth1/signing',
  '@isoauth/ultracart-sso/transaction',
]
/** Runs in each new process; prints how long the import took. */
const PROBE = `
const began = performance.now()
await import(process.argv[1])
console.log(performance.now() - began)
`

/** Measures in a stage: `{ lines, over }`, to print, and the entries over the budget. */
export async function importCost(stage) {
  const folder = join(stage, 'import-cost')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'empty.mjs'), 'export {}\n')
  const subjects = [{ file: join(folder, 'empty.mjs'), best: Number.POSITIVE_INFINITY }]
  const files = []
  for (const [index, entry] of PURE_ENTRIES.entries()) {
    const source = join(folder, `${index}.mjs`)
    writeFileSync(source, `export * from '${entry}'\n`)
    const out = join(folder, `${index}.bundle.mjs`)
    const metafile = join(folder, `${index}.json`)
    const conditions = ['browser']
    await bundle({ entry: source, out, format: 'esm', conditions, minify: true, metafile })
    files.push(Object.keys(readJson(metafile).inputs).length - 1)
    for (const file of [out, source]) subjects.push({ file, best: Number.POSITIVE_INFINITY })
  }
  let costs = []
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // In turn, so that a moment in which the machine is busy is no one's alone.
    for (let count = 0; count < PROCESSES; count++) {
      for (const subject of subjects)
        subject.best = Math.min(subject.best, await once(subject.file))
    }
    const [empty, ...rest] = subjects.map(({ best }) => best)
    costs = PURE_ENTRIES.map((entry, index) => ({
      entry,
      bundled: rest[2 * index] - empty,
      unbundled: rest[2 * index + 1] - empty,
      files: files[index],
    }))
    if (costs.every(({ bundled }) => bundled >= 0 && bundled <= BUDGET_MS)) break
  }
  const lines = costs.map(
    ({ entry, bundled, unbundled, files: count }) =>
      `${entry.padEnd(38)} bundled ${ms(bundled)}  unbundled ${ms(unbundled)} (${count} files)  ` +
      `${bundled > BUDGET_MS ? 'OVER' : 'within'} ${BUDGET_MS} ms`,
  )
  return { lines, over: costs.filter(({ bundled }) => bundled > BUDGET_MS) }
}

async function once(file) {
  const args = ['--input-type=module', '--eval', PROBE, pathToFileURL(file).href]
  const { code, output } = await run(process.execPath, args)
  if (code !== 0) throw new PlainError(`${file} does not load:\n${output.trim()}`)
  return Number(output)
}

function ms(value) {
  return `${value.toFixed(1).padStart(5)} ms`
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp()
    await build({ keep: true })
    const { lines, over } = await importCost(await stagePackages())
    console.log(lines.join('\n'))
    process.exitCode = over.length === 0 ? 0 : 1
  })
}
