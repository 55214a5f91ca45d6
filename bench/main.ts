/**
 * `npm run bench`: our packages and their peers, side by side in one run on this Node; prints every ratio with its
 * limit, writes `bench/results/RUNTIME.json`, and exits with 1 when a ratio is over its limit.
 *
 * - `npm run bench:all`: on Node 20 to 26, Deno and Bun.
 * - `npm run bench -- bun deno`: on these.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from '../scripts/lib/build.mjs'
import { installedEngines } from '../scripts/lib/engines.ts'
import { main, PlainError } from '../scripts/lib/process.mjs'
import { recordResult } from '../scripts/lib/results.mjs'
import { bundleForNode } from '../tests/support/node-bundle.ts'
import type { RuntimeName } from './gates.ts'
import type { MeasuredCost } from './in-runtime.ts'
import { judge, tableOf } from './report.ts'

interface Runtime {
  readonly name: RuntimeName
  readonly version: string
  readonly command: readonly string[]
}

/** What a run that hangs is given, in milliseconds. */
const LIMIT_MS = 240_000
const folder = import.meta.dirname
const program = join(folder, '.bundle.mjs')

await main(async () => {
  const runtimes = select(process.argv.slice(2))
  await build()
  await bundleBench()
  let over = 0
  let within = 0
  try {
    for (const runtime of runtimes) {
      const costs = [...(await measureIn(runtime)), ...(await measurePlain(runtime))]
      const verdicts = judge(costs, runtime.name)
      console.log(`\n${runtime.name} ${runtime.version}\n${tableOf(costs, verdicts)}`)
      keep(runtime, costs)
      over += verdicts.filter(({ isOver }) => isOver).length
      within += verdicts.filter(({ isOver, most }) => !isOver && most !== undefined).length
    }
  } finally {
    rmSync(program, { force: true })
  }
  console.log(`\n${within} within, ${over} over`)
  recordResult(within, over)
  process.exitCode = over === 0 ? 0 : 1
})

function select(names: readonly string[]): Runtime[] {
  const here = {
    name: 'node20',
    version: process.versions.node,
    command: [process.execPath],
  } as const
  const others = installedEngines().map(({ name, version, path }) => ({
    name,
    version,
    command: name === 'deno' ? [path, 'run', '--allow-all', '--quiet'] : [path],
  }))
  const all: Runtime[] = [nameOfThisNode(here), ...others]
  if (names.includes('--all'))
    return all.filter((one, at) => all.findIndex(({ name }) => name === one.name) === at)
  if (names.length === 0) return all.slice(0, 1)
  return names.map((name) => {
    const found = all.find((one) => one.name === name)
    if (found) return found
    throw new PlainError(`${name} is not here; there are ${all.map((one) => one.name).join(', ')}`)
  })
}

/** Limits are those of the nearest version that has some. */
function nameOfThisNode(runtime: Runtime): Runtime {
  const major = Number.parseInt(runtime.version, 10)
  const name = major >= 26 ? 'node26' : major >= 24 ? 'node24' : major >= 22 ? 'node22' : 'node20'
  return { ...runtime, name }
}

/** One file for all runtimes. What is CommonJS among the peers wants `require`. */
async function bundleBench(): Promise<void> {
  await bundleForNode('in-runtime.ts', program, {
    absWorkingDir: folder,
    banner: {
      js: "import { createRequire as requireMaker } from 'node:module'; const require = requireMaker(import.meta.url)",
    },
  })
}

/**
 * Some processors have instructions (AVX-512 IFMA, bit 21 of the second capability word) with which OpenSSL decrypts
 * by RSA of 2,048 bits in half the time. A limit against native code can hold on all machines only without them;
 * what they bring is measured and told as well.
 */
function measurePlain(runtime: Runtime): Promise<MeasuredCost[]> {
  return measureIn(runtime, ['plain-native'], { OPENSSL_ia32cap: ':~0x200000' })
}

async function measureIn(
  { name, command }: Runtime,
  argumentsOfProgram: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredCost[]> {
  const [executable = '', ...args] = command
  const child = spawn(executable, [...args, program, ...argumentsOfProgram], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
  })
  const costs: MeasuredCost[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const cost = JSON.parse(line) as MeasuredCost
    costs.push(cost)
    if (process.stderr.isTTY) process.stderr.write(`${name}: ${cost.title}\n`)
  }
  const code = await new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode)
    else child.once('exit', done)
  })
  if (code !== 0) throw new PlainError(`the bench ended with ${code} on ${name}`)
  return costs
}

function keep({ name, version }: Runtime, costs: readonly MeasuredCost[]): void {
  const results = join(folder, 'results')
  mkdirSync(results, { recursive: true })
  const found = { runtime: name, version, unit: 'microseconds', costs }
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(found, undefined, 2)}\n`)
}
