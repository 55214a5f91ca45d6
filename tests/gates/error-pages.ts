/** Every error code has what its page of the documentation site needs. */
import { checksOf, namedCodes } from '../../apps/docs/src/error-checks.ts'
import { errorCodes } from '../../apps/docs/src/error-codes.ts'
import { gate } from './gate.ts'

export function errorPageProblems(codes: readonly string[]): string[] {
  return [
    ...codes
      .filter((code) => checksOf(code).length < 2)
      .map((code) => `${code}: apps/docs/src/error-checks.ts says too little of what to check`),
    ...namedCodes()
      .filter((code) => !codes.includes(code))
      .map((code) => `apps/docs/src/error-checks.ts: ${code} is in no README`),
    ...codes
      .filter((code, at) => codes.indexOf(code) !== at)
      .map((code) => `${code} is in two tables, and there is one page for it`),
  ]
}

await gate(import.meta.filename, () => errorPageProblems(errorCodes().map(({ code }) => code)))
