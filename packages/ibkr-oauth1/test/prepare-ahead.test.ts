/** `prepareAhead`: the next exchange is begun while the token is young, and each secret exponent serves once. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { changed, type Fetch, LST_PATH, setUp } from './support.ts'

const HOUR_MS = 3_600_000

afterEach(async () => {
  // What is still made ahead is not counted by the next test.
  await nextTurn()
  vi.restoreAllMocks()
})

/** Counts the exponents that are drawn, the sandbox's too: nothing else draws 32 bytes. */
function watchExponents(): () => number {
  const draws = vi.spyOn(crypto, 'getRandomValues')
  return () => draws.mock.calls.filter(([bytes]) => bytes?.byteLength === 32).length
}

/** Notes the public key of each handshake that is sent. */
function watchChallenges(fetch: Fetch): { readonly fetch: Fetch; readonly challenges: string[] } {
  const challenges: string[] = []
  const watched = changed(fetch, (response, request) => {
    const header = request.headers.get('authorization') ?? ''
    const [, challenge] = /diffie_hellman_challenge="([0-9a-f]+)"/.exec(header) ?? []
    if (challenge !== undefined) challenges.push(challenge)
    return response
  })
  return { fetch: watched, challenges }
}

const nextTurn = () => new Promise((done) => setTimeout(done, 20))

describe('with prepareAhead', () => {
  it('makes the next pair behind the token, takes it for the renewal, and never twice', async () => {
    const { sandbox, another, time } = await setUp()
    const { fetch, challenges } = watchChallenges(sandbox.fetch as Fetch)
    const client = another({ prepareAhead: true, fetch: fetch as never })
    const exponents = watchExponents()
    let { token } = await client.liveSessionToken()
    expect(exponents()).toBe(2)
    await nextTurn()
    expect(exponents()).toBe(3)
    for (const round of [1, 2, 3]) {
      time.now += HOUR_MS
      const before = exponents()
      const renewed = await client.liveSessionToken({ replacing: token })
      expect(renewed.token).not.toEqual(token)
      token = renewed.token
      // The sandbox's own, and none of ours.
      expect(exponents()).toBe(before + 1)
      await nextTurn()
      expect(exponents()).toBe(before + 2)
      expect(challenges).toHaveLength(1 + round)
    }
    expect(new Set(challenges).size).toBe(4)
  })

  it('takes another pair for the handshake that follows a repaired clock', async () => {
    const { sandbox, another, time } = await setUp()
    const { fetch, challenges } = watchChallenges(sandbox.fetch as Fetch)
    let behindMs = 0
    const now = () => time.now - behindMs
    const client = another({ prepareAhead: true, fetch: fetch as never, now })
    const { token } = await client.liveSessionToken()
    await nextTurn()
    time.now += HOUR_MS
    behindMs = 30 * 60_000
    await client.liveSessionToken({ replacing: token })
    expect(challenges).toHaveLength(3)
    expect(new Set(challenges).size).toBe(3)
  })

  it('takes another pair after a handshake that failed', async () => {
    const { sandbox, another, time } = await setUp()
    const { fetch, challenges } = watchChallenges(sandbox.fetch as Fetch)
    const client = another({ prepareAhead: true, fetch: fetch as never })
    const { token } = await client.liveSessionToken()
    await nextTurn()
    time.now += HOUR_MS
    sandbox.fault({ path: LST_PATH, kind: 'wrong-lst-signature' })
    await expect(client.liveSessionToken({ replacing: token })).rejects.toThrow()
    time.now += HOUR_MS
    await client.liveSessionToken({ replacing: token })
    expect(new Set(challenges).size).toBe(3)
  })

  it('keeps a runtime alive until the pair is made', async () => {
    const { another } = await setUp()
    const kept: Promise<unknown>[] = []
    const client = another({ prepareAhead: true, waitUntil: (work) => void kept.push(work) })
    const exponents = watchExponents()
    await client.liveSessionToken()
    await Promise.all(kept)
    expect(exponents()).toBe(3)
  })
})

it('without prepareAhead nothing is made before it is needed', async () => {
  const { client } = await setUp()
  const exponents = watchExponents()
  await client.liveSessionToken()
  await nextTurn()
  expect(exponents()).toBe(2)
})
