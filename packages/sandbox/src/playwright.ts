/**
 * `@isoauth/sandbox/playwright`: a sandbox as a fixture of Playwright's `test.extend`.
 *
 * @packageDocumentation
 */
import { isObject, optionError } from './internal/errors.ts'
import { type SandboxServer, type ServeOptions, serve } from './internal/node/server.ts'
import { refusedRequests } from './internal/refused-requests.ts'

/** What the fixture takes of Playwright's `TestInfo`. */
export interface PlaywrightTestInfo {
  readonly status?: string | undefined
  readonly expectedStatus: string
}

/** A fixture of `test.extend`. */
export type PlaywrightSandboxFixture = (
  // biome-ignore lint/complexity/noBannedTypes: Playwright's fixtures without dependencies take this very type.
  fixtures: {},
  use: (server: SandboxServer) => Promise<void>,
  testInfo: PlaywrightTestInfo,
) => Promise<void>

/**
 * A fixture that gives each test a sandbox of its own as an HTTP server on a free port of loopback, and closes it after
 * the test: browsers follow its redirects, and the server of the app under test reaches it, neither of which routes of a
 * page can do. When the test fails, what the sandbox refused is printed, with the reasons.
 *
 * Pages of other origins may call it (`cors`), and its credentials are the prepared ones, unless options say otherwise.
 * Nothing of Playwright is imported; any version with `test.extend` will do.
 *
 * @param options as for `serve` of `@isoauth/sandbox/node`; every one may be left out.
 * @throws SandboxError `SANDBOX_OPTION_INVALID` for options that are no object; what is in them is checked before the test.
 * @returns the fixture, for any name; it is given a `SandboxServer`.
 *
 * @example
 * ```ts
 * const test = base.extend<{ server: SandboxServer }>({ server: sandboxFixture() })
 * test('signs in', async ({ page, server }) => {
 *   await page.goto(server.origin)
 * })
 * ```
 *
 * *Source*: Playwright, "Fixtures".
 */
export function sandboxFixture(options: ServeOptions = {}): PlaywrightSandboxFixture {
  if (!isObject(options)) throw optionError('options', 'an object is required, or nothing at all')
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads in the function's text which fixtures it takes.
  return async ({}, use, testInfo) => {
    const server = await serve({ cors: true, credentials: 'prepared', ...options })
    try {
      await use(server)
      const text = refusedRequests(server.sandbox.requests)
      if (testInfo.status !== testInfo.expectedStatus && text !== undefined) console.error(text)
    } finally {
      await server.close({ timeoutMs: 0 })
    }
  }
}
