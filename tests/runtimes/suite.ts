/** The portable suite of `tests/runtimes`: compiled beside the packages that it tests, and asked what it has. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlainError, run } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { notes, readJson, root } from '../../scripts/lib/workspace.mjs'
import { bundle } from './drivers/bundle.ts'

/** What `entries/outside.ts` exports. */
export type SuiteOutside = typeof import('./entries/outside.ts')

const folder = 'tests/runtimes'
const PARTS = ['suite', 'entries', 'page']

/**
 * Puts the suite and its vectors into a stage, compiled file by file against the declarations that were packed:
 * what fails to compile there would fail for a user.
 */
export async function compileSuite(stage: string): Promise<void> {
  for (const part of PARTS) {
    cpSync(join(root, folder, part), join(stage, folder, part), { recursive: true })
  }
  cpSync(join(root, 'vectors'), join(stage, 'vectors'), { recursive: true })
  const { compilerOptions } = readJson(join(root, 'tsconfig.base.json'))
  const own = {
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    sourceMap: false,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const config = { compilerOptions: { ...compilerOptions, ...own }, include: [folder] }
  writeFileSync(join(stage, 'tsconfig.json'), JSON.stringify(config))
  const { code, output } = await run('tsc', ['-p', stage], { cwd: stage, env: toolEnv() })
  if (code !== 0) {
    throw new PlainError(`The suite does not compile against the packed files:\n${output.trim()}`)
  }
}

/** The suite as it stands beside a stage's packages, to be asked, not run: see `entries/outside.ts`. */
export function stagedSuite(stage: string): Promise<SuiteOutside> {
  return load(join(stage, folder, 'entries/outside.js'))
}

/** The same from the sources in a folder, over the packages found from there; default: the workspace's, as built. */
export async function suite({
  folder: from = join(root, folder),
  out = join(notes, 'suite/outside.mjs'),
}: {
  folder?: string
  out?: string
} = {}): Promise<SuiteOutside> {
  const entry = join(from, 'entries/outside.ts')
  await bundle({ entry, out, format: 'esm', conditions: [] })
  return load(out)
}

async function load(file: string): Promise<SuiteOutside> {
  const loaded: SuiteOutside = await import(pathToFileURL(file).href)
  const { names } = loaded
  // Two of one name would be counted as one.
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new PlainError(`Two checks of the suite are named "${twice}"`)
  return loaded
}
