/** Every error code has what its page needs, and every place that builds the address of a page builds the same one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checksOf, namedCodes } from '../../apps/docs/src/error-checks.ts'
import { errorCodes } from '../../apps/docs/src/error-codes.ts'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

/** The sandbox imports no core, so it has the address a second time. */
const ADDRESS_IN = [
  'packages/core-crypto/src/internal/errors.ts',
  'packages/sandbox/src/internal/errors.ts',
]
const SITE = 'https://isoauth.github.io/isoauth/errors/'

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

function addressProblems(): string[] {
  return ADDRESS_IN.filter(
    (file) => !readFileSync(join(root, file), 'utf8').includes(`ERROR_PAGES = '${SITE}'`),
  ).map((file) => `${file}: the pages of errors are at ${SITE}`)
}

await gate(import.meta.filename, () => [
  ...errorPageProblems(errorCodes().map(({ code }) => code)),
  ...addressProblems(),
])
