/** A whole sign-in in one process: the client against the sandbox, no socket between them. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createSandbox } from '@isoauth/sandbox'
import { type Check, equal, failsWith } from './check.ts'

const ORIGIN = 'http://127.0.0.1:8787'

export const handshakeChecks: readonly Check[] = [
  {
    name: 'one handshake, then authorized calls',
    async run() {
      const { sandbox, client } = await signIn()
      const accounts = await client.fetch('/portfolio/accounts')
      equal(accounts.status, 200)
      equal(Array.isArray(await accounts.json()), true)
      const { token } = await client.liveSessionToken({})
      equal(token.length, 20)
      equal((await client.fetch('/tickle', { method: 'POST' })).status, 200)
      equal(sandbox.counts.handshakes, 1)
    },
  },
  {
    name: 'a wrong signature of the server is refused',
    async run() {
      const { sandbox, client } = await signIn()
      sandbox.fault({
        path: '/oauth/live_session_token',
        kind: 'wrong-lst-signature',
        times: 1,
      })
      await failsWith('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', () => client.liveSessionToken({}))
    },
  },
]

async function signIn() {
  const sandbox = await createSandbox({ origin: ORIGIN })
  const { dhPrime: _, ...credentials } = sandbox.credentials.ibkr.oauth1
  const client = createIbkrOAuth1({ ...credentials, fetch: sandbox.fetch })
  return { sandbox, client }
}
