import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { authorize, decryptSecret, hex, power, rsaSigner, TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  sandbox = await createSandbox({ origin })
  client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
})

describe('the first-party flow', () => {
  it('hands out a live session token that signs an authorized call', async () => {
    const expiration = await client.handshake()
    expect(expiration).toBeGreaterThan(Date.now() + 86_000_000)
    expect(client.token).toHaveLength(20)
    const response = await client.call('/portfolio/accounts')
    expect(response.status).toBe(200)
    expect(response.headers.get('date')).not.toBeNull()
    expect(await response.json()).toMatchObject([{ accountId: 'DU1234567' }])
    expect(sandbox.counts).toMatchObject({ handshakes: 1, handshakeAttempts: 1, authorized: 1 })
    expect(sandbox.requests.map(({ refused }) => refused)).toEqual([null, null])
  })

  it('marks what it hands out', () => {
    const { consumerKey, accessToken, realm, baseUrl } = sandbox.credentials.ibkr.oauth1
    expect(consumerKey).toMatch(/^SANDBOX[A-Z]{2}$/)
    expect(accessToken).toMatch(/^SANDBOX[0-9a-f]{13}$/)
    expect(realm).toBe('limited_poa')
    expect(baseUrl).toBe(`${origin}/v1/api`)
    expect(sandbox.credentials.ibkr.baseUrl).toBe(origin)
  })

  it('ends the former token with a new one', async () => {
    await client.handshake()
    const former = client.token
    await client.handshake()
    const latest = client.token
    client.token = former
    expect((await client.call('/tickle')).status).toBe(401)
    expect(sandbox.requests.at(-1)?.refused).toBe(
      'signature: the live session token was replaced by a newer one',
    )
    client.token = latest
    expect((await client.call('/tickle')).status).toBe(200)
  })

  it('keeps the former one where asked to', async () => {
    const keeping = await createSandbox({
      origin,
      keepReplacedTokens: true,
      credentials: sandbox.credentials,
    })
    const other = new TestClient(keeping.credentials.ibkr.oauth1, keeping.fetch)
    await other.handshake()
    const former = other.token
    await other.handshake()
    other.token = former
    expect((await other.call('/tickle')).status).toBe(200)
  })

  it('takes a callback, which some clients send', async () => {
    await client.handshake({ parameters: { oauth_callback: 'oob' } })
    expect((await client.call('/tickle')).status).toBe(200)
  })

  it('expires it', async () => {
    let now = 1_800_000_000_000
    const short = await createSandbox({
      origin,
      now: () => now,
      liveSessionTokenLifetimeMs: 60_000,
      credentials: sandbox.credentials,
    })
    const other = new TestClient(short.credentials.ibkr.oauth1, short.fetch)
    expect(await other.handshake({ now })).toBe(now + 60_000)
    now += 59_999
    expect((await other.call('/tickle', {}, { now })).status).toBe(200)
    now += 1
    expect((await other.call('/tickle', {}, { now })).status).toBe(401)
    expect(short.requests.at(-1)?.refused).toBe('live-session-token: it must not have expired')
  })

  it.each([
    ['top bit set', 2048, 257],
    ['2040 bits', 2040, 256],
    ['255 bytes', 2035, 255],
  ])('makes a shared secret with %s', async (_name, wanted, keyLength) => {
    // With a client exponent of 1 the shared secret is the server's public value itself.
    const prime = BigInt(`0x${sandbox.credentials.ibkr.oauth1.dhPrime}`)
    const exponent = await findExponent(prime, wanted)
    const chosen = await createSandbox({
      origin,
      credentials: sandbox.credentials,
      nextServerExponents: [exponent],
    })
    const other = new TestClient(chosen.credentials.ibkr.oauth1, chosen.fetch)
    await other.handshake({ exponent: 1n })
    expect(other.keyLength).toBe(keyLength)
    expect((await other.call('/tickle')).status).toBe(200)
  })
})

describe('the older base', () => {
  const legacy = `${origin}/tradingapi/v1`

  it('answers the handshake without an expiry', async () => {
    const { response } = await client.requestToken({ url: `${legacy}/oauth/live_session_token` })
    expect(response.status).toBe(200)
    expect(Object.keys(await response.json())).toEqual([
      'diffie_hellman_response',
      'live_session_token_signature',
    ])
  })

  it('takes the parameters from a JSON body, without a realm', async () => {
    const { credentials } = client
    const secret = await decryptSecret(credentials.encryptionKey, credentials.accessTokenSecret)
    const url = `${legacy}/oauth/live_session_token`
    const { pairs } = await authorize(
      credentials,
      {
        method: 'POST',
        url,
        prefix: hex(secret),
        parameters: {
          oauth_token: credentials.accessToken,
          diffie_hellman_challenge: power(2n, 12345n, BigInt(`0x${credentials.dhPrime}`)).toString(
            16,
          ),
        },
      },
      'RSA-SHA256',
      await rsaSigner(credentials.signatureKey),
    )
    const { realm: _realm, ...body } = pairs
    body['oauth_signature'] = decodeURIComponent(body['oauth_signature'] ?? '')
    const headers = { 'content-type': 'application/json' }
    const post = (address: string) =>
      sandbox.fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
    // The current base reads the header only.
    expect((await post(`${origin}/v1/api/oauth/live_session_token`)).status).toBe(401)
    expect((await post(url)).status).toBe(200)
    expect(sandbox.requests.at(-1)?.parameterTransport).toBe('json-body')
  })

  it('has its own resources', async () => {
    const old = new TestClient({ ...client.credentials, baseUrl: legacy }, sandbox.fetch)
    await old.requestToken({ url: `${legacy}/oauth/live_session_token` })
    await client.handshake()
    old.token = client.token
    expect(await (await old.call('/accounts')).json()).toEqual({ accounts: ['DU1234567'] })
    expect((await old.call('/accounts/DU1234567/positions')).status).toBe(200)
    expect((await old.call('/accounts/DU9999999/positions')).status).toBe(401)
    expect((await old.call('/tickle')).status).toBe(404)
  })
})

async function findExponent(prime: bigint, bits: number): Promise<bigint> {
  for (let exponent = 300n; ; exponent++) {
    const value = power(2n, exponent << 4n, prime).toString(2).length
    if (value === bits || (bits === 2035 && value > 2032 && value < 2040)) return exponent << 4n
  }
}
