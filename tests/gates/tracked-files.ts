/** What must not stand in a file that git tracks. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../scripts/lib/process.mjs'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

/** Written in pieces, so that this file does not find itself. */
const FORBIDDEN = [
  {
    pattern: /(^|[\s'"`(=:])\/(?:work|root|home\/\w+|Users\/\w+)\//,
    what: 'a path of one machine',
  },
  { pattern: /\/\/[\w.-]*registry[\w.-]*\.\w/i, what: 'the address of a registry' },
  {
    pattern: new RegExp('\\b(TO' + 'DO|FIX' + 'ME|HA' + 'CK|XX' + 'X)\\b'),
    what: 'unfinished work',
  },
  { pattern: /\b(?:describe|it|test)\.(?:only|skip|todo)\b/, what: 'a test that is left out' },
]

/** Known answers are data of others and of random bytes: any letters may stand there. */
const DATA = /^vectors\/|\.(png|ico|woff2)$/

export async function trackedFileProblems(): Promise<string[]> {
  const { output, code } = await run('git', ['ls-files', '-z'], { cwd: root })
  if (code !== 0) return [`git ls-files: ${output.trim()}`]
  return output
    .split('\0')
    .filter((file) => file !== '' && !DATA.test(file) && existsSync(join(root, file)))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n')
      return FORBIDDEN.flatMap(({ pattern, what }) =>
        lines.flatMap((line, index) =>
          pattern.test(line) ? [`${file}:${index + 1} ${what}`] : [],
        ),
      )
    })
}

await gate(import.meta.filename, trackedFileProblems)
