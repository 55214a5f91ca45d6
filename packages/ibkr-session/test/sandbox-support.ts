/** Connections to the sandbox: the OAuth 1.0a client and an SSO session. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import type { BrokerConnection } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { credentials, ORIGIN, oauth1, oauth2, user } from '../../../tests/support/vector-sandbox.ts'

/** A sandbox, and connections to it. */
export async function startSandbox(time: { now: number } = { now: NOW_MS }) {
  const now = () => time.now
  const sandbox = await createSandbox({ origin: ORIGIN, credentials, now })
  let pending = 0
  const fetch = async (...[input, init]: Parameters<typeof sandbox.fetch>) => {
    pending++
    try {
      return await sandbox.fetch(input, init)
    } finally {
      pending--
    }
  }
  const authority = createIbkrOAuth2({ ...oauth2, scope: 'sso-sessions.write', fetch, now })
  const connections = {
    'OAuth 1.0a': async (): Promise<BrokerConnection> =>
      createIbkrOAuth1({ ...oauth1, realm: 'limited_poa', fetch, now }),
    SSO: async (): Promise<BrokerConnection> =>
      await createIbkrSso({ oauth2: authority, baseUrl: ORIGIN, fetch, now }).createSession(user),
  }
  return { connections, now, time, sandbox, pending: () => pending }
}
