/** What a handshake proves, what it repairs, and how each failure is told. */
import { hexToBytes } from '@isoauth/core-crypto'
import {
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { describe, expect, it } from 'vitest'
import { dhGroups, vectorsOf } from '../../../tests/support/oauth1-vectors.ts'
import {
  changed,
  decrypted,
  LST_PATH,
  ORIGIN,
  oauth1,
  rejection,
  setUp,
  withoutDate,
} from './support.ts'

const HOUR_MS = 3_600_000

describe('shared secrets of every length, end to end with chosen exponents', () => {
  it.each(vectorsOf('lst'))('$id', async ({ input, expected }) => {
    const dhParameters = dhGroups[input.dhGroup]?.pem ?? ''
    const { consumerKey, realm, accessTokenSecret } = input
    const credentials = { ...oauth1, consumerKey, realm, accessTokenSecret, dhParameters }
    const { sandbox, time } = await setUp(
      {},
      {
        credentials: { ibkr: { baseUrl: ORIGIN, oauth1: credentials } },
        nextServerExponents: [BigInt(`0x${input.serverRandomHex}`)],
      },
    )
    const exponent = hexToBytes(input.dhRandomHex.padStart(64, '0'))
    const { request, pending } = await prepareLiveSessionTokenRequest({
      ...credentials,
      now: () => time.now,
      random: () => exponent,
    })
    const session = await processLiveSessionTokenResponse(await sandbox.fetch(request), pending)
    expect(session.token).toEqual(hexToBytes(expected.lstHex))
    expect(sandbox.counts.handshakes).toBe(1)
  })
})

describe('each failure is told apart', () => {
  it('the answer changed in one bit', async () => {
    const { client, sandbox } = await setUp()
    sandbox.fault({ path: LST_PATH, kind: 'wrong-lst-signature' })
    const error = await rejection(client.liveSessionToken())
    expect(error['code']).toBe('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH')
    expect(error['message']).toMatch(/dhParameters.*consumerKey/)
  })

  it('every bit of every hex digit of the answer matters', async () => {
    const flip = (text: string, at: number) =>
      text.slice(0, at) +
      (Number.parseInt(text[at] as string, 16) ^ 1).toString(16) +
      text.slice(at + 1)
    const { sandbox, time } = await setUp()
    const options = { ...decrypted, now: () => time.now }
    const { request, pending } = await prepareLiveSessionTokenRequest(options)
    const fields = await (await sandbox.fetch(request)).json()
    const process = (body: object) =>
      processLiveSessionTokenResponse(new Response(JSON.stringify(body)), pending)
    await process(fields)
    for (const field of ['diffie_hellman_response', 'live_session_token_signature'] as const) {
      for (const at of [0, 1, fields[field].length >> 1, fields[field].length - 1]) {
        const error = await rejection(process({ ...fields, [field]: flip(fields[field], at) }))
        expect(error['code']).toBe('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH')
      }
    }
  })

  it('the server’s Diffie-Hellman value is one', async () => {
    const { client, sandbox } = await setUp()
    sandbox.fault({ path: LST_PATH, kind: 'dh-response-one' })
    const error = await rejection(client.liveSessionToken())
    expect(error['code']).toBe('IBKR_OAUTH1_DH_RESPONSE_RANGE')
  })

  it.each(['ABCDEFGHI', 'qwertyuio'])('the wrong consumer key %s', async (consumerKey) => {
    const { client } = await setUp({ consumerKey })
    expect(await rejection(client.liveSessionToken())).toMatchObject({
      code: 'IBKR_OAUTH1_CONSUMER_INVALID',
      status: 401,
      traceId: expect.stringMatching(/^\w+$/),
    })
  })

  it('an access token that the broker does not know', async () => {
    const { client } = await setUp({ accessToken: 'f'.repeat(20) })
    const error = await rejection(client.liveSessionToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN', status: 401 })
  })

  it('swapped keys', async () => {
    const { signatureKey, encryptionKey } = oauth1
    const swapped = { signatureKey: encryptionKey, encryptionKey: signatureKey }
    const { client, sandbox } = await setUp({
      ...oauth1,
      ...swapped,
      decryptedAccessTokenSecret: undefined,
    })
    expect(await rejection(client.liveSessionToken())).toMatchObject({
      code: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
      message: expect.stringContaining('swapped'),
    })
    expect(sandbox.requests).toHaveLength(0)
  })

  it('a signature key that is not the registered one', async () => {
    const { client } = await setUp({ signatureKey: oauth1.encryptionKey })
    expect(await rejection(client.liveSessionToken())).toMatchObject({
      code: 'IBKR_OAUTH1_UNAUTHORIZED',
      message: expect.stringContaining('clock is right'),
      status: 401,
    })
  })

  it('a replayed nonce', async () => {
    const { sandbox, time } = await setUp()
    const options = { ...decrypted, now: () => time.now }
    const { request, pending } = await prepareLiveSessionTokenRequest(options)
    await sandbox.fetch(request.clone())
    const answer = await sandbox.fetch(request)
    const error = await rejection(processLiveSessionTokenResponse(answer, pending))
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_NONCE_USED', status: 401 })
  })
})

describe('a clock that is off', () => {
  it.each([HOUR_MS, -HOUR_MS])('by %d ms is repaired by one extra request', async (off) => {
    const { sandbox, time, another, events } = await setUp()
    const client = another({ now: () => time.now + off })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(2)
    expect(sandbox.counts.requests).toBe(3)
    expect(events).toContainEqual({ type: 'clock-repaired', differenceMs: -off })
    const { expiresAtMs } = await client.liveSessionToken()
    expect(expiresAtMs - (time.now + off)).toBe(24 * HOUR_MS)
  })

  it('with the Date hidden is the first thing to check', async () => {
    const { sandbox, time, another } = await setUp()
    const fetch = changed(sandbox.fetch, withoutDate) as never
    const client = another({ fetch, now: () => time.now + HOUR_MS })
    const error = await rejection(client.liveSessionToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_CLOCK_UNKNOWN', status: 401 })
    expect(error['message']).toContain('first check this clock')
    expect(sandbox.counts.handshakeAttempts).toBe(1)
  })

  it('is told by the request pair', async () => {
    const { sandbox, time } = await setUp()
    const options = { ...decrypted, now: () => time.now - HOUR_MS }
    const { request, pending } = await prepareLiveSessionTokenRequest(options)
    const answer = await sandbox.fetch(request)
    const error = await rejection(processLiveSessionTokenResponse(answer, pending))
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_CLOCK_OFF' })
    expect(error['message']).toContain('off by 3600 s: it is behind the server')
  })

  it('that is set wrong while a token lives is repaired without renewing it', async () => {
    const { sandbox, time, another, events } = await setUp()
    let off = 0
    const client = another({ now: () => time.now + off })
    await client.liveSessionToken()
    off = HOUR_MS
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakes).toBe(1)
    expect(events.at(-1)).toEqual({ type: 'clock-repaired', differenceMs: -HOUR_MS })
  })

  it('is told when the repetition fails too', async () => {
    const { sandbox, another, time } = await setUp()
    const dated = changed(sandbox.fetch, (response) => {
      const headers = new Headers(response.headers)
      headers.set('date', new Date(time.now + 5 * HOUR_MS).toUTCString())
      return new Response(response.body, { status: response.status, headers })
    })
    const client = another({ fetch: dated as never, now: () => time.now + HOUR_MS })
    const error = await rejection(client.liveSessionToken())
    expect(error['code']).toBe('IBKR_OAUTH1_UNAUTHORIZED')
    expect(sandbox.counts.handshakeAttempts).toBe(2)
  })

  it('never makes timestamps go backwards', async () => {
    const { sandbox, time, another } = await setUp()
    let off = 60_000
    const client = another({ now: () => time.now + off })
    await client.fetch('/portfolio/accounts')
    off = 0
    const url = `${oauth1.baseUrl}/tickle`
    const header = await client.authorizationHeader({ method: 'POST', url })
    const expected = Math.floor((time.now + 60_000) / 1000)
    expect(header).toContain(`oauth_timestamp="${expected}"`)
    expect(sandbox.counts.refused).toBe(0)
  })
})

describe('the life of a token', () => {
  it('ends in renewal ten minutes early', async () => {
    const { client, sandbox, time } = await setUp()
    const { expiresAtMs } = await client.liveSessionToken()
    time.now = expiresAtMs - 600_001
    await client.fetch('/portfolio/accounts')
    expect(sandbox.counts.handshakes).toBe(1)
    time.now = expiresAtMs - 600_000
    await client.fetch('/portfolio/accounts')
    expect(sandbox.counts.handshakes).toBe(2)
  })

  it('goes on when an early renewal fails, and ends when it is over', async () => {
    const { client, sandbox, time, events } = await setUp()
    const { expiresAtMs } = await client.liveSessionToken()
    time.now = expiresAtMs - 300_000
    sandbox.fault({ path: LST_PATH, kind: 'status', status: 503, times: 2 })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(2)
    expect(events.at(-1)).toEqual({ type: 'early-renewal-failed', expiresAtMs })
    time.now = expiresAtMs
    const error = await rejection(client.fetch('/portfolio/accounts'))
    expect(error['code']).toBe('IBKR_OAUTH1_UNAVAILABLE')
    time.now += 3000
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  })

  it.each([
    ['the end, an hour ahead', HOUR_MS, HOUR_MS],
    ['a minute and a second ahead', 61_000, 61_000],
    ['a minute ahead, which is the time of computation', 60_000, 24 * HOUR_MS + 60_000],
    ['a day but a minute and a second ago', 61_000 - 24 * HOUR_MS, 61_000],
    ['a day but a minute ago', 60_000 - 24 * HOUR_MS, 24 * HOUR_MS],
    ['the time of computation', 0, 24 * HOUR_MS],
    ['a computation two hours ago', -2 * HOUR_MS, 22 * HOUR_MS],
    ['a computation two days ago', -48 * HOUR_MS, 24 * HOUR_MS],
    ['a week ahead', 168 * HOUR_MS, 24 * HOUR_MS],
  ])('is read from %s', async (_, aheadMs, lifeMs) => {
    const { sandbox, time, another } = await setUp()
    const fetch = changed(sandbox.fetch, async (response) => {
      const fields = await response.json()
      const live_session_token_expiration = time.now + aheadMs
      const body = JSON.stringify({ ...fields, live_session_token_expiration })
      return new Response(body, { headers: { date: new Date(time.now).toUTCString() } })
    })
    const { expiresAtMs } = await another({ fetch: fetch as never }).liveSessionToken()
    expect(expiresAtMs - time.now).toBe(lifeMs)
  })

  it('is counted on the clock of the server that says it', async () => {
    const { sandbox, time, another } = await setUp()
    const fetch = changed(sandbox.fetch, async (response) => {
      const serverMs = time.now + 90_000
      const fields = {
        ...(await response.json()),
        live_session_token_expiration: serverMs + HOUR_MS,
      }
      const headers = { date: new Date(serverMs).toUTCString() }
      return new Response(JSON.stringify(fields), { headers })
    })
    const { expiresAtMs } = await another({ fetch: fetch as never }).liveSessionToken()
    expect(Math.abs(expiresAtMs - time.now - HOUR_MS)).toBeLessThanOrEqual(1000)
  })

  it.each([undefined, null, 'soon', Number.NaN, {}])('is a day where it says %s', async (value) => {
    const { sandbox, time, another } = await setUp()
    const fetch = changed(sandbox.fetch, async (response) => {
      const fields = { ...(await response.json()), live_session_token_expiration: value }
      return new Response(JSON.stringify(fields))
    })
    const { expiresAtMs } = await another({ fetch: fetch as never }).liveSessionToken()
    expect(expiresAtMs - time.now).toBe(24 * HOUR_MS)
  })
})
