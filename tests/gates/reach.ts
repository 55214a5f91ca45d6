/**
 * How many files somebody reads who follows a client from its file down: those of ours whose code a bundle of it keeps.
 * With `--list`, which they are.
 */
import { join } from 'node:path'
import { argv } from 'node:process'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate, type Outcome } from './gate.ts'
import { entrySources } from './modules.ts'

/** Each client's file, with how many may be reached from it. */
const MOST: Record<string, number> = {
  'packages/ibkr-oauth1/src/client.ts': 53,
  'packages/ibkr-oauth2/src/client.ts': 36,
  'packages/ibkr-sso/src/client.ts': 28,
  'packages/ultracart-sso/src/client.ts': 22,
}

async function reachProblems(): Promise<Outcome> {
  const problems: string[] = []
  const notes: string[] = []
  for (const [client, most] of Object.entries(MOST)) {
    const files = await reachedFrom(client)
    notes.push(`${client}: ${files.length} files, at most ${most}`)
    if (argv.includes('--list')) notes.push(...files.map((file) => `  ${file}`))
    if (files.length > most) {
      problems.push(`${client}: ${files.length} files are reached, at most ${most} may be`)
    }
  }
  return { problems, note: notes.join('\n') }
}

async function reachedFrom(client: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, client)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    tsconfigRaw: {},
    plugins: [
      {
        name: 'our sources',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^@isoauth\// }, ({ path }) => {
            const source = entrySources().get(path)
            return source === undefined ? undefined : { path: source, sideEffects: false }
          })
        },
      },
    ],
  })
  const [output] = Object.values(metafile.outputs)
  return Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file)
    .sort()
}

await gate(import.meta.filename, reachProblems)
