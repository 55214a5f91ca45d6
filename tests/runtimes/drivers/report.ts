/** The report of a run, from the text that its program wrote. */
import type { Report } from '../suite/run.ts'

/** Throws with all of the text where there is none: the runtime ended before the suite did. */
export function readReport({ code, output }: { code: number | null; output: string }): Report {
  const line = output
    .split('\n')
    .reverse()
    .find((text) => /^(?:.*: )?report \{/.test(text))
  if (line === undefined || code !== 0) {
    throw new Error(`no report (ended with ${code}):\n${output.trim()}`)
  }
  return JSON.parse(line.slice(line.indexOf('{')))
}
