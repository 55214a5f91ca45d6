/** Where several commands leave their counts for `.ci/run`, which adds them up, and what failed, which it tells last. */
import { appendFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/**
 * Adds one line `passed failed` to the file named by `ISOAUTH_RESULTS`, where a caller set it, and one `FAILED what`
 * for each that failed.
 *
 * @param {number} passed
 * @param {number} failed
 * @param {readonly string[]} [failures]
 */
export function recordResult(passed, failed, failures = []) {
  const file = process.env.ISOAUTH_RESULTS
  if (file === undefined) return
  const lines = [`${passed} ${failed}`, ...failures.map((text) => `FAILED ${firstLine(text)}`)]
  appendFileSync(file, `${lines.join('\n')}\n`)
}

/**
 * The first line of a text or of an error's message, without colours and of a bounded length.
 *
 * @param {string | { name?: string, message?: string } | undefined} value
 */
export function firstLine(value) {
  const text =
    typeof value === 'string' ? value : value?.message || value?.name || 'no reason was told'
  const [line = ''] = stripVTControlCharacters(text).trim().split('\n')
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
