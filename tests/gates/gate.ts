/** What every gate is: a program that prints its problems and fails, or says in a line that there are none. */
import { argv, env } from 'node:process'
import { PlainError } from '../../scripts/lib/process.mjs'

/** Its problems as lines, none for a pass, beside what there is to say; or why it cannot be done on this machine. */
export type Outcome =
  | readonly string[]
  | { readonly problems: readonly string[]; readonly note: string }
  | { readonly skipped: string }

/**
 * Runs a gate where its file is the program, and not where a test imports it.
 *
 * @param file - `import.meta.filename`
 */
export async function gate(file: string, work: () => Outcome | Promise<Outcome>): Promise<void> {
  if (argv[1] !== file) return
  const { problems, note } = read(await outcome(work))
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) console.log(note ?? 'ok')
  process.exitCode = problems.length === 0 ? 0 : 1
}

async function outcome(work: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlainError) return [error.message]
    throw error
  }
}

function read(result: Outcome): { problems: readonly string[]; note?: string } {
  if ('problems' in result) return result
  if (!('skipped' in result)) return { problems: result }
  if (env['CI'] !== 'true') return { problems: [], note: `SKIPPED: ${result.skipped}` }
  return { problems: [`${result.skipped}; with CI=true nothing may be left out`] }
}
