/**
 * What importing an entry that sends no call of its own costs on this Node: best of new processes, less what an empty
 * module costs there. `bundled` is what a program that was bundled pays, and has a budget; where a machine is so slow that
 * reading as much text takes nearly as long, that reading is the measure: `read` is the same text in a function that nobody
 * calls. `unbundled` reads the packed
 * files one by one, which a busy machine makes several times as long, and is told.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from '../../scripts/lib/build.mjs'
import { main, PlainError, run } from '../../scripts/lib/process.mjs'
import { readJson } from '../../scripts/lib/workspace.mjs'
import { bundle } from './drivers/bundle.ts'
import { stagePackages } from './stage.ts'

const BUDGET_MS = 3
const UNBUNDLED_MS = 5
/** Times what its text takes to be read an import may take, where that is over the budget. */
const MOST_OF_READING = 1.5
const PROCESSES = 15
/** On a busy machine even the best of so many is a slow one: what is over then gets more of them. */
const MOST_ROUNDS = 6
const ON_CORE_CRYPTO_ALONE = [
  '@isoauth/core-crypto',
  '@isoauth/core-crypto/rsaes-pkcs1-v1_5',
  '@isoauth/ibkr-oauth1/signing',
]
const PURE_ENTRIES = [
  ...ON_CORE_CRYPTO_ALONE,
  '@isoauth/ibkr-session',
  '@isoauth/ibkr-session/pacing',
  '@isoauth/ultracart-sso/transaction',
]
/** Runs in each new process: the start of the loader is nobody's cost, so that something is loaded before. */
const PROBE = `
const [before, ...modules] = process.argv.slice(1)
await import(before)
const times = []
for (const module of modules) {
  const began = performance.now()
  await import(module)
  times.push(performance.now() - began)
}
console.log(JSON.stringify(times))
`

/** What an import of an entry costs, in milliseconds. */
export interface ImportCost {
  readonly entry: string
  readonly bundled: number
  readonly read: number
  readonly unbundled: number
  readonly files: number
}

/** Measures in a stage: `{ lines, over }`, to print, and the entries over the budget. */
export async function importCost(stage: string): Promise<{ lines: string[]; over: ImportCost[] }> {
  const folder = join(stage, 'import-cost')
  mkdirSync(folder, { recursive: true })
  const empty = ['before', 'empty'].map((name) => join(folder, `${name}.mjs`))
  for (const file of empty) writeFileSync(file, 'export {}\n')
  const costs: ImportCost[] = []
  for (const [index, entry] of PURE_ENTRIES.entries()) {
    const source = join(folder, `${index}.mjs`)
    writeFileSync(source, `export * from '${entry}'\n`)
    const out = join(folder, `${index}.bundle.mjs`)
    const metafile = join(folder, `${index}.json`)
    const conditions = ['browser']
    await bundle({ entry: source, out, format: 'esm', conditions, minify: true, metafile })
    const bundled = await bestOf([...empty, out], BUDGET_MS)
    const read = await bestOf([...empty, uncalled(out)], 0, 1)
    const unbundled = await bestOf([...empty, source], UNBUNDLED_MS, 1)
    const files = Object.keys(readJson(metafile).inputs).length - 1
    costs.push({ entry, bundled, read, unbundled, files })
  }
  return { lines: costs.map(lineOf), over: costs.filter(isOver) }
}

function lineOf(cost: ImportCost): string {
  const { entry, bundled, unbundled, files } = cost
  const told = `${unbundled > UNBUNDLED_MS ? 'over' : 'within'} ${UNBUNDLED_MS} ms`
  return [
    entry.padEnd(38),
    `bundled ${ms(bundled)}, ${limitOf(cost)}`,
    ` unbundled ${ms(unbundled)} (${files} files)${ON_CORE_CRYPTO_ALONE.includes(entry) ? `, ${told}` : ''}`,
  ].join(' ')
}

function isOver({ bundled, read }: ImportCost): boolean {
  return bundled > BUDGET_MS && bundled > MOST_OF_READING * read
}

function limitOf(cost: ImportCost): string {
  const { bundled, read } = cost
  if (bundled <= BUDGET_MS) return `within ${BUDGET_MS} ms`
  const reading = `${MOST_OF_READING} times the ${ms(read).trim()} of reading it`
  return isOver(cost) ? `OVER ${BUDGET_MS} ms and ${reading}` : `within ${reading}`
}

/** A module of the same text, in a function that nobody calls. */
function uncalled(file: string): string {
  const text = readFileSync(file, 'utf8').replace(/export\s*\{[^}]*\};?\s*$/, '')
  const out = file.replace(/\.mjs$/, '.uncalled.mjs')
  writeFileSync(out, `export function uncalled() {\n${text}\n}\n`)
  return out
}

/** The best time of the last module less that of the empty one before it; the first is loaded before both. */
async function bestOf(
  modules: readonly string[],
  budgetMs: number,
  rounds = MOST_ROUNDS,
): Promise<number> {
  const args = modules.map((file) => pathToFileURL(file).href)
  let [bestEmpty, best] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round++) {
    for (let count = 0; count < PROCESSES; count++) {
      const [empty, subject] = await once(args)
      bestEmpty = Math.min(bestEmpty, empty)
      best = Math.min(best, subject)
    }
    if (best - bestEmpty <= budgetMs) break
  }
  return best - bestEmpty
}

async function once(args: readonly string[]): Promise<[number, number]> {
  const all = ['--input-type=module', '--eval', PROBE, ...args]
  const { code, output } = await run(process.execPath, all)
  if (code !== 0) throw new PlainError(`${args.at(-1)} does not load:\n${output.trim()}`)
  return JSON.parse(output)
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(5)} ms`
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await build({ keep: true })
    const { lines, over } = await importCost(await stagePackages())
    console.log(lines.join('\n'))
    process.exitCode = over.length === 0 ? 0 : 1
  })
}
