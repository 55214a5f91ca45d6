/**
 * The sandbox against a client by others: npm's `ibkr-client`, whose RSA, Diffie-Hellman and base
 * strings (node-forge, `node:crypto`) share no code with ours.
 *
 * It is compiled for `https://api.ibkr.com` and takes no other address. It runs here unchanged, in
 * its CommonJS form (Node cannot load its ES modules, which import without extensions). Only its
 * transport is led elsewhere: it sends by its own copy of undici through that copy's global
 * dispatcher, where an interceptor puts the sandbox's origin in the place of the broker's. What it
 * signs, and its `Host: api.ibkr.com`, stay as they are, hence the sandbox's `signedOrigins`.
 */
import { createRequire } from 'node:module'
import type { SandboxCredentials } from '@isoauth/sandbox'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { complaints, rejection, sent, verified } from './support.ts'

const BROKER = 'https://api.ibkr.com'

interface PeerConfig {
  readonly realm: string
  readonly consumerKey: string
  readonly accessToken: string
  readonly accessTokenSecret: string
  readonly encryption: string
  readonly signature: string
  readonly dhPrime: string
}

interface PeerClient {
  session?: string
  live(): Promise<{ token: string; signature: string; expiration: number }>
  init(compete?: boolean, publish?: boolean): Promise<Record<string, unknown>>
  request(input: {
    path: string
    method?: string
    data?: object
    params?: Record<string, string | number | boolean>
    // biome-ignore lint/suspicious/noExplicitAny: the peer types its answers so
  }): Promise<any>
}

type Dispatch = (options: { origin?: unknown }, handler: unknown) => boolean

interface Undici {
  readonly Agent: new () => {
    compose(interceptor: (dispatch: Dispatch) => Dispatch): unknown
    close(): Promise<void>
  }
  getGlobalDispatcher(): unknown
  setGlobalDispatcher(dispatcher: unknown): void
}

const require = createRequire(import.meta.url)
const peerFile = require.resolve('ibkr-client')
const { IbkrClient } = require(peerFile) as {
  IbkrClient: new (config: PeerConfig) => PeerClient
}
const undici = createRequire(peerFile)('undici') as Undici

let server: SandboxServer
let credentials: SandboxCredentials | undefined
const strangers: string[] = []
const agent = new undici.Agent()
const before = undici.getGlobalDispatcher()

beforeAll(() => {
  undici.setGlobalDispatcher(
    agent.compose((dispatch) => (options, handler) => {
      // Whatever the address, nothing leaves for another host than the sandbox.
      if (options.origin !== BROKER) strangers.push(String(options.origin))
      return dispatch({ ...options, origin: server.origin }, handler)
    }),
  )
})

beforeEach(async () => {
  server = await serve({ signedOrigins: [BROKER], credentials })
  credentials = server.sandbox.credentials
})

afterEach(async () => {
  await server.close()
  expect(strangers).toEqual([])
})

afterAll(async () => {
  undici.setGlobalDispatcher(before)
  await agent.close()
})

function configOf({ sandbox }: SandboxServer): PeerConfig {
  const { signatureKey, encryptionKey, ...rest } = sandbox.credentials.ibkr.oauth1
  return { ...rest, signature: signatureKey, encryption: encryptionKey }
}

describe('ibkr-client against the sandbox', () => {
  it('signs in, opens the brokerage session, tickles and reads accounts', async () => {
    const { sandbox } = server
    const client = new IbkrClient(configOf(server))

    const status = await client.init()
    expect(status).toMatchObject({ authenticated: true, connected: true })
    const { session, iserver } = await client.request({ path: 'tickle', method: 'POST' })
    expect(session).toMatch(/^[0-9a-f]{32}$/)
    expect(session).not.toBe('0'.repeat(32))
    expect(iserver.authStatus).toMatchObject({ authenticated: true })
    const [account] = await client.request({ path: 'portfolio/accounts' })
    expect(account).toMatchObject({ accountTitle: 'SANDBOX Account' })
    const { accounts } = await client.request({ path: 'iserver/accounts' })
    expect(accounts).toEqual([account.accountId])

    expect(sent(sandbox)).toEqual([
      'POST /oauth/live_session_token 200',
      'POST /iserver/auth/ssodh/init 200',
      'POST /tickle 200',
      'GET /portfolio/accounts 200',
      'GET /iserver/accounts 200',
    ])
    expect(complaints(sandbox)).toEqual([])
    expect(verified(sandbox)).toBe(5)
    for (const record of sandbox.requests) expect(record.signedOrigin).toBe(BROKER)
  })

  it('signs a query its own way, which the record tells', async () => {
    const { sandbox } = server
    const client = new IbkrClient(configOf(server))
    await client.init()
    const params = { conid: 265598, period: '1d', bar: '1h', text: 'a b/c' }
    const { query } = await client.request({ path: 'sandbox/echo', params })
    expect(new URLSearchParams(query).get('text')).toBe('a b/c')
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 200, querySigning: 'decoded' })
    expect(complaints(sandbox)).toEqual([])
  })

  it('posts a body that arrives', async () => {
    const client = new IbkrClient(configOf(server))
    await client.init()
    const data = { orders: [{ conid: 265598, quantity: 1, note: 'é' }] }
    const { body } = await client.request({ path: 'sandbox/echo', method: 'POST', data })
    expect(JSON.parse(body)).toEqual(data)
    expect(complaints(server.sandbox)).toEqual([])
  })

  it('computes the same token, sign-in after sign-in', async () => {
    const { sandbox } = server
    const client = new IbkrClient(configOf(server))
    for (let i = 0; i < 16; i++) {
      // It throws unless the token it computed verifies against the sandbox's signature.
      const { token, expiration } = await client.live()
      expect(Buffer.from(token, 'base64')).toHaveLength(20)
      expect(expiration).toBeGreaterThan(Date.now())
    }
    expect(sandbox.requests).toHaveLength(16)
    expect(complaints(sandbox)).toEqual([])
  })

  it('refuses the token when the signature of the answer is wrong', async () => {
    server.sandbox.fault({ path: '/oauth/live_session_token', kind: 'wrong-lst-signature' })
    const error = await rejection(new IbkrClient(configOf(server)).live())
    expect(error.message).toBe('Cannot validate live session token')
  })

  it.each<[string, (config: PeerConfig) => Partial<PeerConfig>]>([
    ['the wrong signature key', ({ encryption }) => ({ signature: encryption })],
    ['another consumer key', () => ({ consumerKey: 'NOBODYXYZ' })],
    ['another realm', () => ({ realm: 'test_realm' })],
  ])('is refused with %s', async (_, change) => {
    const config = configOf(server)
    const error = await rejection(new IbkrClient({ ...config, ...change(config) }).init())
    expect(error.message).toMatch(/^Response status 401/)
    expect(complaints(server.sandbox)).toHaveLength(2)
  })
})
