/**
 * What an editor shows: each mistake in options is told in the words of the way in that was meant, by the oldest
 * and the newest compilers, and hovers are short. Against the built declarations, as an application sees them.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { inTemporaryFolder } from '../../scripts/lib/temporary-folder.ts'
import { MISTAKES, type Mistake, PREAMBLE, RIGHT } from './mistakes.ts'

const modules = join(import.meta.dirname, 'node_modules')

/** The compilers of the consumers' matrix, with the option by which they differ on what is optional. */
const COMPILERS = [
  { compiler: 'typescript-5.6', isExact: false },
  { compiler: 'typescript', isExact: true },
  { compiler: 'typescript-7', isExact: true },
  { compiler: 'typescript-7', isExact: false },
] as const

/** What was told of one program. */
interface Told {
  readonly code: number
  /** The word that it is told at. */
  readonly at: string
  readonly lines: readonly string[]
}

const mistakes = Object.entries(MISTAKES).flatMap(([way, all]) =>
  all.map((mistake) => [`${way}: ${mistake.what}`, mistake] as const),
)

/** No line is longer, the type of what was given left out. */
const LONGEST_LINE = 240
/** How many lines say what is wrong: the argument, the way in, the option, what it is and is not. */
const MOST_LINES = 6

describe.each(COMPILERS)('$compiler, exactOptionalPropertyTypes $isExact', (row) => {
  it('tells each mistake by its option, in the words of one way in', async () => {
    const programs = [...mistakes.map(([, { program }]) => program), ...Object.values(RIGHT)]
    const told = await compile(programs, row)
    const problems = mistakes.flatMap(([name, mistake], index) =>
      problemsOf(mistake, told.get(index) ?? []).map((problem) => `${name}: ${problem}`),
    )
    const refused = Object.keys(RIGHT).filter((_, index) => told.has(mistakes.length + index))
    expect({ problems, refused }).toEqual({ problems: [], refused: [] })
    // One more than there are programs would be one that was not asked for.
    expect([...told.keys()].every((index) => index < programs.length)).toBe(true)
  })
})

/** What is wrong with what a compiler told. */
function problemsOf({ code, option, says }: Mistake, told: readonly Told[]): readonly string[] {
  const [first] = told
  if (first === undefined || told.length > 1) return [`told ${told.length} times`]
  const lines = first.lines.map((line) => line.replaceAll(GIVEN, "'…'"))
  const text = lines.join('\n')
  const early = lines.slice(0, 4).join().toLowerCase()
  const isNamed = first.at === option || early.includes(option.toLowerCase())
  const tests: readonly (readonly [string, boolean])[] = [
    [`code ${first.code}`, [code].flat().includes(first.code)],
    ['in other words', says.test(first.lines.join('\n'))],
    ['does not name the option', isNamed],
    ['too many lines', lines.length <= MOST_LINES],
    ['a long line', lines.every((line) => line.length <= LONGEST_LINE)],
    ['a type written out', !/\{ readonly|\.\.\. \d+ more|\.\.\.'/.test(text)],
    ['another way in', !(text.includes('EncryptedSecret') && text.includes('DecryptedSecret'))],
  ]
  return tests.flatMap(([problem, isRight]) => (isRight ? [] : [`${problem}:\n${text}`]))
}

/** The type of the program's own object, which compilers quote whole. */
const GIVEN = /'\{ [^']* \}'/g

/** Compiles programs, a file each; what was told, by the number of the program. */
async function compile(
  programs: readonly string[],
  { compiler, isExact }: (typeof COMPILERS)[number],
): Promise<ReadonlyMap<number, readonly Told[]>> {
  return await inTemporaryFolder(async (folder) => {
    symlinkSync(modules, join(folder, 'node_modules'))
    mkdirSync(join(folder, 'src'))
    const texts = programs.map((program) => `${PREAMBLE}\n${program}\nexport {}\n`)
    for (const [index, text] of texts.entries()) {
      writeFileSync(join(folder, `src/${index}.ts`), text)
    }
    const compilerOptions = {
      ...{ target: 'ES2022', lib: ['ES2022', 'DOM'], types: [], module: 'nodenext', strict: true },
      ...{ exactOptionalPropertyTypes: isExact, noEmit: true, skipLibCheck: true },
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['src'] }),
    )
    const command = [join(modules, compiler, 'bin/tsc'), '-p', folder, '--pretty', 'false']
    const options = { cwd: folder, maxBuffer: 1e7 }
    const { stdout } = await promisify(execFile)(execPath, command, options).catch(
      (error: { stdout: string }) => error,
    )
    return read(stdout, texts)
  })
}

/** Reads `src/0.ts(12,3): error TS2345: …`, whose further lines are indented. */
function read(output: string, texts: readonly string[]): ReadonlyMap<number, readonly Told[]> {
  const told = new Map<number, Told[]>()
  let lines: string[] = []
  for (const line of output.split('\n')) {
    const found = /^src\/(\d+)\.ts\((\d+),(\d+)\): error TS(\d+): (.*)$/.exec(line)
    if (found === null) {
      if (line.trim() !== '') lines.push(line.trim())
      continue
    }
    const [index = 0, row = 0, column = 0, code = 0] = found.slice(1, 5).map(Number)
    const at = texts[index]?.split('\n')[row - 1]?.slice(column - 1)
    lines = [String(found[5])]
    const of = told.get(index) ?? []
    of.push({ code, at: /^'?(\w*)/.exec(at ?? '')?.[1] ?? '', lines })
    told.set(index, of)
  }
  return told
}
