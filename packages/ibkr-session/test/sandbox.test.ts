/** Sessions over real connections: the OAuth 1.0a client and an SSO session, against the sandbox. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { type BrokerConnection, createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import { NOW_MS, vectors } from '../../../tests/support/oauth2-vectors.ts'
import firstParty from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { failure } from './support.ts'

const ORIGIN = 'http://127.0.0.1:8787'
const user = { credential: 'exampleuser1', ip: '127.0.0.1' } as const
const oauth2 = {
  baseUrl: ORIGIN,
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: vectors.keys.main3072.pkcs8Pem,
}
const oauth1 = {
  baseUrl: `${ORIGIN}/v1/api`,
  realm: 'limited_poa',
  consumerKey: 'QWERTYUIO',
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  accessTokenSecret: firstParty.vectors.find(({ kind }) => kind === 'secret-decrypt')?.input
    .accessTokenSecret as string,
  signatureKey: firstParty.keys.signature.pkcs8Pem,
  encryptionKey: firstParty.keys.encryption.pkcs8Pem,
  dhParameters: firstParty.dhGroups['rfc3526-14'].pem,
  dhPrime: '',
}

async function start() {
  const time = { now: NOW_MS }
  const now = () => time.now
  const credentials = { ibkr: { baseUrl: ORIGIN, oauth1, oauth2: { ...oauth2, ...user } } }
  const sandbox = await createSandbox({ origin: ORIGIN, credentials, now })
  const fetch = sandbox.fetch as never
  const authority = createIbkrOAuth2({ ...oauth2, scope: 'sso-sessions.write', fetch, now })
  const connections = {
    'OAuth 1.0a': async (): Promise<BrokerConnection> =>
      createIbkrOAuth1({ ...oauth1, realm: 'limited_poa', fetch, now }),
    SSO: async (): Promise<BrokerConnection> =>
      await createIbkrSso({ oauth2: authority, baseUrl: ORIGIN, fetch, now }).createSession(user),
  }
  return { connections, now, time }
}

it.each(['OAuth 1.0a', 'SSO'] as const)('opens, keeps and closes over %s', async (name) => {
  const { connections, now, time } = await start()
  const connection = await connections[name]()
  const events: string[] = []
  const session = createBrokerageSession({
    connection,
    now,
    onEvent: ({ type }) => void events.push(type),
  })
  const opening = session.open({ compete: false })
  const ticking = setInterval(() => {
    time.now += 1000
  }, 20)
  await opening.finally(() => clearInterval(ticking))
  expect((await session.fetch('/iserver/accounts')).status).toBe(200)
  for (let minute = 0; minute < 30; minute++) {
    time.now += 60_000
    await session.step()
  }
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
  // Seven minutes without a request: the broker's session is gone, and the next call opens it again.
  time.now += 420_000
  const fetching = session.fetch('/iserver/accounts')
  const again = setInterval(() => {
    time.now += 1000
  }, 20)
  expect((await fetching.finally(() => clearInterval(again))).status).toBe(200)
  expect(events).toEqual(['opened', 'lost', 'reopened'])
  expect((await session.validate()).isValid).toBe(true)
  await session.close({ logout: true })
  expect((await failure(() => session.status())).code).toBe('IBKR_SESSION_CLOSED')
})
