/** OAuth 2.0: an access token for a signed assertion, and the echo calls that prove it. */
import {
  createIbkrOAuth2,
  type EchoResponse,
  type IbkrOAuth2,
  type IbkrOAuth2Options,
  prepareTokenRequest,
  processTokenResponse,
} from '@isoauth/ibkr-oauth2'
import type { Sandbox } from '@isoauth/sandbox'
import { expect } from '../authorized-call.ts'
import { clockRepair } from '../clock-repair.ts'
import { provenOnce, refusedAgain } from '../expect-refusal.ts'
import type { Flow } from '../flow.ts'
import { goodFor } from '../text.ts'

const CALLERS = 1000

export const oauth2: Flow = {
  title: 'IBKR OAuth 2.0: an access token for a signed assertion',
  async run({ sandbox, steps }) {
    const options = settings(sandbox)
    const client = createIbkrOAuth2(options)
    await steps.run(
      'assertion signed',
      async () => requireAssertion(await client.clientAssertion()),
      'RS256, the key of the firm; good for 20 s',
    )
    await steps.run(
      'access token',
      () => client.accessToken(),
      ({ expiresAtMs }) => `not shown${goodFor(expiresAtMs)}`,
    )
    await steps.run(
      'echo/https',
      async () => requireEcho(await client.echoHttps(), 'GET', 'HTTPS'),
      'client, key, clock and scope are right',
    )
    await steps.run(
      'echo/signed-jwt',
      async () => requireEcho(await client.echoSignedJwt(), 'POST', 'SIGNED_JWT'),
      'the signature of bodies is right too',
    )
    await steps.run(
      'one at a time',
      () => askAtOnce(sandbox, createIbkrOAuth2(options)),
      `${CALLERS} callers at once made one token request`,
    )
    await steps.run(
      'replayed assertion',
      async () => {
        const prepared = await prepareTokenRequest({ ...options, includeJti: true })
        return refusedAgain('IBKR_OAUTH2_ASSERTION_REFUSED', prepared, processTokenResponse)
      },
      provenOnce,
    )
    await steps.run(
      'clock an hour off',
      () => repairClock(sandbox, options),
      (seconds) => `${seconds} s repaired with one extra request`,
    )
  },
}

function settings(sandbox: Sandbox): IbkrOAuth2Options {
  const { baseUrl, clientId, keyId, privateKey } = sandbox.credentials.ibkr.oauth2
  return { baseUrl, clientId, keyId, privateKey, scope: ['echo.read', 'echo.write'] }
}

export function requireAssertion(assertion: string): void {
  expect(assertion.split('.').length === 3, 'The assertion is not a compact JWS.')
}

export function requireEcho(echo: EchoResponse, method: string, policy: string): void {
  expect(echo.requestMethod === method, 'Another method arrived.')
  expect(echo.securityPolicy === policy, 'Another security policy was applied.')
}

async function askAtOnce(sandbox: Sandbox, client: IbkrOAuth2): Promise<void> {
  const before = sandbox.counts.tokenCalls
  await Promise.all(Array.from({ length: CALLERS }, () => client.accessToken()))
  const calls = sandbox.counts.tokenCalls - before
  expect(calls === 1, `It took ${calls} requests instead of one.`)
}

/** Asks a server whose clock is an hour ahead; gives the repair in seconds. */
function repairClock(sandbox: Sandbox, options: IbkrOAuth2Options): Promise<number> {
  return clockRepair(sandbox, {
    path: '/oauth2/api/v1/token',
    // The token, and once more by the repaired clock.
    requests: 2,
    work: (onEvent) => createIbkrOAuth2({ ...options, onEvent }).accessToken(),
  })
}
