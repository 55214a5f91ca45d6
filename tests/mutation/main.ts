/**
 * `npm run test:mutation`: changes the sources in small ways, one at a time, and counts the changes that some test
 * notices. A sample, the same for the same seed:
 *
 *     npm run test:mutation -- [--packages core-crypto,cli] [--sample 60] [--seed TEXT] [--minutes 120]
 *
 * `--minutes` bounds the whole: each package gets its part of what is left, at least for one mutant, and how many were not
 * reached is told. Mutants of `equivalent.ts` are not counted.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../../scripts/lib/build.mjs'
import { main, PlainError, seconds } from '../../scripts/lib/process.mjs'
import { recordResult } from '../../scripts/lib/results.mjs'
import { root } from '../../scripts/lib/workspace.mjs'
import { EQUIVALENT } from './equivalent.ts'
import { createLikelyFirst } from './likely-first.ts'
import { type Mutant, mutantsOf, sampleOf } from './mutants.ts'
import { type Answer, createTestRun, type Question } from './test-run.ts'

/** The part of the counted mutants that tests must notice. */
const THRESHOLD = 0.95
const LOWER: Readonly<Record<string, number>> = { cli: 0.9, sandbox: 0.9 }
/** A mutant that makes the tests take so many times longer is taken to hang them. */
const SLOWER = 4
const LEAST_LIMIT_MS = 30_000

interface Score {
  readonly name: string
  readonly killed: number
  readonly survivors: readonly Mutant[]
  readonly left: number
  readonly tookMs: number
}

await main(async () => {
  const values = readArguments()
  const count = positive(values.sample, '--sample')
  const endsAt = performance.now() + positive(values.minutes, '--minutes') * 60_000
  // Tests that start the command take the built one.
  await build()
  const scores: Score[] = []
  const names = chosen(values.packages)
  for (const [i, name] of names.entries()) {
    const counted = (await mutantsOf(name)).filter((mutant) => !isEquivalent(mutant))
    const sample = sampleOf(counted, { count, seed: values.seed })
    console.log(`\n${name}: ${sample.length} of ${counted.length} mutants, seed ${values.seed}`)
    const partMs = (endsAt - performance.now()) / (names.length - i)
    scores.push(await scoreOf(name, sample, performance.now() + partMs))
  }
  console.log(`\n${scores.map(describe).join('\n')}`)
  const failed = scores.filter((score) => !isEnough(score))
  recordResult(scores.length - failed.length, failed.length, failed.map(describe))
  process.exitCode = failed.length === 0 ? 0 : 1
})

function readArguments() {
  const options = {
    packages: { type: 'string' },
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '120' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new PlainError(
      `mutation: ${(error as Error).message}\nTaken are: --packages NAME[,NAME …] --sample NUMBER --seed TEXT --minutes NUMBER`,
    )
  }
}

/** Mutants are tried by two at a time, each with tests of its own. */
async function scoreOf(name: string, sample: readonly Mutant[], endsAt: number): Promise<Score> {
  const began = performance.now()
  const likelyFirst = createLikelyFirst()
  const failures: (string | undefined)[] = []
  let next = 0
  async function tryMutants(): Promise<void> {
    // Most mutants fail in the first; the second is started for those that do not.
    const runs = { portable: measured(name, 'portable'), nodeOnly: measured(name, 'node-only') }
    try {
      while (next < sample.length && (next === 0 || performance.now() < endsAt)) {
        const at = next++
        const mutant = sample[at] as Mutant
        const likely = likelyFirst.filesFor(mutant.file)
        const isNodeOnly = likely[0]?.endsWith('.node.test.ts')
        const { portable, nodeOnly } = runs
        const question = { mutant, likely }
        const [first, second] = isNodeOnly ? [nodeOnly, portable] : [portable, nodeOnly]
        let answer = await first.run(question)
        if (answer.failure === '') answer = await second.run(question)
        if (answer.file !== undefined) likelyFirst.noticed(answer.file, mutant.file)
        failures[at] = answer.failure
        tell(mutant, answer.failure)
      }
    } finally {
      for (const run of Object.values(runs)) run.end()
    }
  }
  await Promise.all([tryMutants(), tryMutants()])
  const survivors = sample.filter((_, at) => failures[at] === '')
  const killed = failures.length - survivors.length
  const left = sample.length - failures.length
  return { name, killed, survivors, left, tookMs: performance.now() - began }
}

/** The tests of one kind, which first run on the sources as they are: they must pass, and tell how long they take. */
function measured(name: string, mode: 'portable' | 'node-only') {
  const tests = createTestRun(name, mode)
  let limitMs: number | undefined
  return {
    end: tests.end,
    async run(question: Question): Promise<Answer> {
      if (limitMs === undefined) {
        const began = performance.now()
        const { failure } = await tests.run({ mutant: null, likely: [] }, 600_000)
        if (failure !== '') {
          throw new PlainError(`mutation: a test of ${name} fails without any mutant: ${failure}`)
        }
        limitMs = Math.max(LEAST_LIMIT_MS, SLOWER * (performance.now() - began))
      }
      return await tests.run(question, limitMs)
    },
  }
}

function tell({ file, line, mutator, original, replacement }: Mutant, failure: string): void {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 160)
  const where = `${file}:${line} ${mutator}`
  if (failure !== '') console.log(`  killed   ${where}   by: ${short(failure)}`)
  else console.log(`  SURVIVED ${where}\n    - ${short(original)}\n    + ${short(replacement)}`)
}

function describe(score: Score): string {
  const { name, killed, survivors, left, tookMs } = score
  const ran = killed + survivors.length
  const percent = ran === 0 ? '-' : `${((100 * killed) / ran).toFixed(1)} %`
  const wanted = `at least ${100 * thresholdOf(name)} %: ${isEnough(score) ? 'held' : 'MISSED'}`
  const notReached = left > 0 ? `, ${left} not reached in time` : ''
  return `${name}: ${killed} of ${ran} killed, ${percent} (${wanted}) in ${seconds(tookMs / 1000)}${notReached}`
}

/** Of a small sample one survivor is no proof against the threshold; of any, none having run is. */
function isEnough({ name, killed, survivors }: Score): boolean {
  const ran = killed + survivors.length
  return ran > 0 && survivors.length <= Math.max(ran < 20 ? 1 : 0, ran * (1 - thresholdOf(name)))
}

function thresholdOf(name: string): number {
  return LOWER[name] ?? THRESHOLD
}

function isEquivalent(mutant: Mutant): boolean {
  return EQUIVALENT.some(
    ({ file, original, replacement }) =>
      file === mutant.file && original === mutant.original && replacement === mutant.replacement,
  )
}

function chosen(names: string | undefined): readonly string[] {
  const all = readdirSync(join(root, 'packages')).sort()
  const asked = names?.split(',') ?? all
  const unknown = asked.filter((name) => !all.includes(name))
  if (unknown.length > 0) {
    throw new PlainError(`mutation: no package ${unknown.join(', ')}; there are ${all.join(', ')}`)
  }
  return asked
}

function positive(text: string, option: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new PlainError(`mutation: ${option} takes a number above 0`)
  return value
}
