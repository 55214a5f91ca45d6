/** The portable suite's checks as tests of a package: the same list that runs on the packed files in every runtime. */
import { expect, it } from 'vitest'
import type { VectorCheck } from '../runtimes/suite/check.ts'

export function runChecks(checks: readonly VectorCheck[]): void {
  // A family that lost its vectors would pass without a word.
  it('has known answers', () => expect(checks.length).toBeGreaterThan(0))
  for (const { name, run } of checks) it(name, () => run())
}
