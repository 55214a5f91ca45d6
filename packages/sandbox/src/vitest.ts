/**
 * `@isoauth/sandbox/vitest`: a sandbox as a fixture of Vitest's `test.extend`.
 *
 * @packageDocumentation
 */

import { isObject, optionError } from './internal/errors.ts'
import type { SandboxOptions } from './internal/options.ts'
import { refusedRequests } from './internal/refused-requests.ts'
import { createSandbox, type Sandbox } from './internal/sandbox.ts'

/** What the fixture takes of Vitest's test context. */
export interface VitestFixtureContext {
  readonly onTestFailed: (listener: () => void) => void
}

/** A fixture of `test.extend`. */
export type VitestSandboxFixture = (
  context: VitestFixtureContext,
  use: (sandbox: Sandbox) => Promise<void>,
) => Promise<void>

/**
 * A fixture that gives each test a sandbox of its own, in process, and ends it after the test. When the test fails, what
 * the sandbox refused is printed, with the reasons.
 *
 * Needs `test.extend` of Vitest 3.2 or later; nothing of Vitest is imported.
 *
 * @param options as for `createSandbox`; every one may be left out.
 * @throws SandboxError `SANDBOX_OPTION_INVALID` for options that are no object; what is in them is checked before the test.
 * @returns the fixture, for any name.
 *
 * @example
 * ```ts
 * const test = base.extend({ sandbox: sandboxFixture() })
 * test('signs in', async ({ sandbox, expect }) => {
 *   const answer = await sandbox.fetch(sandbox.origin)
 *   expect(answer.status).toBe(200)
 * })
 * ```
 *
 * *Source*: Vitest, "Test Context", "Extend Test Context".
 */
export function sandboxFixture(options: SandboxOptions = {}): VitestSandboxFixture {
  if (!isObject(options)) throw optionError('options', 'an object is required, or nothing at all')
  // Vitest reads in the function's text which names of the context it takes.
  return async ({ onTestFailed }, use) => {
    const sandbox = await createSandbox(options)
    onTestFailed(() => {
      const text = refusedRequests(sandbox.requests)
      if (text !== undefined) console.error(text)
    })
    try {
      await use(sandbox)
    } finally {
      sandbox.reset()
    }
  }
}
