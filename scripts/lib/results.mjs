/** Where several commands leave their counts for `.ci/run`, which adds them up. */
import { appendFileSync } from 'node:fs'

/**
 * Adds one line `passed failed` to the file named by `ISOAUTH_RESULTS`, where a caller set it.
 *
 * @param {number} passed
 * @param {number} failed
 */
export function recordResult(passed, failed) {
  const file = process.env.ISOAUTH_RESULTS
  if (file !== undefined) appendFileSync(file, `${passed} ${failed}\n`)
}
