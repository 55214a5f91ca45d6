/** A sandbox in process: strangers are refused, and whoever holds its key gets a token. */
import { createSandbox } from '@isoauth/sandbox'
import { serve } from '@isoauth/sandbox/node'
import { authorityOf } from './authority.mjs'
import { proven, same } from './facts.mjs'

const sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
const { baseUrl } = sandbox.credentials.ibkr.oauth1
const refused = await sandbox.fetch(`${baseUrl}/portfolio/accounts`)
same(refused.status, 401, 'a call without a signature')
same(sandbox.requests.length, 1, 'requests on record')

const server = await serve({ credentials: sandbox.credentials })
try {
  const { oauth2 } = sandbox.credentials.ibkr
  const { value } = await authorityOf(
    { ...oauth2, baseUrl: server.origin },
    'echo.read',
  ).accessToken()
  const headers = { authorization: `Bearer ${value}`, 'user-agent': 'consumer' }
  const echo = await fetch(`${server.origin}/gw/api/v1/echo/https`, { headers })
  same(echo.status, 200, 'the echo call')
  same(server.sandbox.counts.oauth2AccessTokens, 1, 'access tokens')
} finally {
  await server.close()
}
proven('refusal, server, access token')
