/** The mutants of a package: what Stryker's mutators make of its sources, and a sample of them by a seed. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@stryker-mutator/api/logging'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import { root } from '../../scripts/lib/workspace.mjs'

/** One change to one source: `replacement` in place of the characters from `start` to `end`. */
export interface Mutant {
  /** Below the root: `packages/core-crypto/src/hmac.ts`. */
  readonly file: string
  readonly line: number
  readonly mutator: string
  readonly start: number
  readonly end: number
  readonly original: string
  readonly replacement: string
}

const silent = (): void => {}
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
} as unknown as Logger

/** All mutants of the package in `packages/NAME`, in the order of its sources. */
export async function mutantsOf(name: string): Promise<readonly Mutant[]> {
  const folder = `packages/${name}/src`
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`)
    .sort()
  const mutants: Mutant[] = []
  for (const file of files) mutants.push(...(await mutantsIn(file)))
  return mutants
}

/** `count` of them, the same for the same seed and sources. */
export function sampleOf(
  mutants: readonly Mutant[],
  { count, seed }: { readonly count: number; readonly seed: string },
): readonly Mutant[] {
  const rank = ({ file, start, replacement }: Mutant) =>
    createHash('sha256').update(`${seed} ${file} ${start} ${replacement}`).digest('hex')
  return mutants
    .map((mutant) => ({ mutant, at: rank(mutant) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

async function mutantsIn(file: string): Promise<Mutant[]> {
  const content = readFileSync(join(root, file), 'utf8')
  const { mutants } = await new Instrumenter(logger).instrument(
    [{ name: file, content, mutate: true }],
    { plugins: null, excludedMutations: [], ignorers: [] },
  )
  const lines = content.split('\n')
  const offsets = [0]
  for (const line of lines) offsets.push((offsets.at(-1) as number) + line.length + 1)
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map(({ location, mutatorName, replacement }) => {
      const [start, end] = [location.start, location.end].map(
        ({ line, column }) => (offsets[line] as number) + column,
      ) as [number, number]
      return {
        file,
        line: location.start.line + 1,
        mutator: mutatorName,
        start,
        end,
        original: content.slice(start, end),
        replacement: replacement ?? '',
      }
    })
    .filter((mutant) => !isSentence(mutant))
}

/** The words of a message may change without anybody's program changing; names, which have no space in them, may not. */
function isSentence({ mutator, original }: Mutant): boolean {
  return mutator === 'StringLiteral' && /\S\s\S/.test(original.replace(/\$\{[^}]*\}/g, ''))
}
