/** A brokerage session opened, kept for a step and closed, over a connection made without a sibling package. */
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { authorityOf } from './authority.mjs'
import { facts, proven, same } from './facts.mjs'

const { baseUrl, credential, ip } = facts.sandbox.ibkr.oauth2
const authority = authorityOf(facts.sandbox.ibkr.oauth2, 'sso-sessions.write')
const { value } = await authority.accessToken()
const answer = await fetch(`${baseUrl}/gw/api/v1/sso-sessions`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${value}`,
    'content-type': 'application/jwt',
    'user-agent': 'consumer',
  },
  body: await authority.signJwt({ ip, credential }, { expiresInSeconds: 600 }),
})
const { access_token: bearer } = await answer.json()
same(answer.status, 200, 'POST /sso-sessions')

const connection = {
  fetch(path, init = {}) {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${bearer}`)
    headers.set('user-agent', 'consumer')
    return fetch(`${baseUrl}/v1/api${path}`, { ...init, headers })
  },
}
const session = createBrokerageSession({ connection })
// The sandbox is that of the programs before, whose sessions may not be over.
await session.open({ compete: true })
same(session.health().state, 'open', 'the state after opening')
const { nextStepAtMs } = await session.step()
same(typeof nextStepAtMs, 'number', 'when the next step is due')
same((await session.fetch('/iserver/accounts')).status, 200, 'GET /iserver/accounts')
await session.close()
proven('open, step, call, close')
