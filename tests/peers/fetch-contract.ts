/**
 * What must hold when a program's own HTTP library sits on top of a client's `fetch`: one set of
 * tests for all such libraries, in process and over a socket.
 */
import type { IbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { describe, expect, it } from 'vitest'
import { untilSlow } from '../support/index.ts'
import { complaints, rejection, sent, setUp, verified, WAYS } from './support.ts'

/** A status with the parsed body; peers must not throw for a 4xx. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** The same three calls, made by the peer's own means. */
export interface Peer {
  /** `GET /portfolio/accounts` */
  accounts(signal?: AbortSignal): Promise<Answer>
  /** `GET /sandbox/echo` with a query */
  search(query: Record<string, string>): Promise<Answer>
  /** `POST /sandbox/echo` with a JSON body */
  send(body: object, signal?: AbortSignal): Promise<Answer>
}

export type MakePeer = (client: IbkrOAuth1, baseUrl: string) => Peer

const MINUTE_MS = 60_000
const BODY = {
  conid: 265598,
  note: 'a b+c&d=é "quoted" €',
  sides: ['BUY', 'SELL'],
  deep: { n: 0.1 },
}
const QUERY = { symbol: 'BRK B', text: 'a+b&c=d/é', empty: '' }
const HANDSHAKE = 'POST /oauth/live_session_token 200'

/** Runs the tests for one peer. */
export function describePeer(name: string, make: MakePeer): void {
  describe.each(WAYS)(`${name} on a client's fetch, %s`, (way) => {
    it('gets JSON', async () => {
      const { sandbox, client, baseUrl } = await setUp(way)
      const { status, body } = await make(client, baseUrl).accounts()
      expect(status).toBe(200)
      expect(body).toMatchObject([{ accountTitle: 'SANDBOX Account' }])
      expect(sent(sandbox)).toEqual([HANDSHAKE, 'GET /portfolio/accounts 200'])
      expect(complaints(sandbox)).toEqual([])
      expect(verified(sandbox)).toBe(2)
    })

    it.each(['omit', 'wire'] as const)('gets with a query, signed by %s', async (querySigning) => {
      const { sandbox, client, baseUrl } = await setUp(way, { querySigning })
      const { status, body } = await make(client, baseUrl).search(QUERY)
      expect(status).toBe(200)
      const arrived = new URLSearchParams((body as { query: string }).query)
      expect(Object.fromEntries(arrived)).toEqual(QUERY)
      expect(sandbox.requests.at(-1)?.querySigning).toBe(querySigning)
      expect(complaints(sandbox)).toEqual([])
    })

    it('posts a JSON body that arrives byte for byte', async () => {
      const { sandbox, client, baseUrl } = await setUp(way)
      const { status, body } = await make(client, baseUrl).send(BODY)
      expect(status).toBe(200)
      expectBody(body)
      expect(complaints(sandbox)).toEqual([])
    })

    it('sends nothing for a signal that is aborted already', async () => {
      const { sandbox, client, baseUrl } = await setUp(way)
      await rejection(make(client, baseUrl).accounts(AbortSignal.abort()))
      expect(sandbox.requests).toHaveLength(0)
    })

    it('stops at an abort, and goes on with the same token', async () => {
      const { sandbox, client, baseUrl } = await setUp(way)
      const peer = make(client, baseUrl)
      await peer.accounts()
      sandbox.fault({ path: '/portfolio/accounts', kind: 'slow', value: 20_000 })
      const controller = new AbortController()
      const slow = rejection(peer.accounts(controller.signal))
      await untilSlow(sandbox)
      controller.abort()
      const error = await slow
      expect(isAbort(error), String(error)).toBe(true)
      expect((await peer.accounts()).status).toBe(200)
      expect(sandbox.counts.handshakes).toBe(1)
    })

    it('gets the answer of a GET across a renewal after a 401', async () => {
      const { sandbox, client, baseUrl, time } = await setUp(way)
      const peer = make(client, baseUrl)
      await peer.accounts()
      time.now += 2 * MINUTE_MS
      sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401 })
      const { status, body } = await peer.accounts()
      expect(status).toBe(200)
      expect(body).toMatchObject([{ accountTitle: 'SANDBOX Account' }])
      expect(sent(sandbox).slice(2)).toEqual([
        'GET /portfolio/accounts 401',
        HANDSHAKE,
        'GET /portfolio/accounts 200',
      ])
      expect(complaints(sandbox)).toEqual([])
    })

    it('sees the 401 of a POST once, which renews for the next one', async () => {
      const { sandbox, client, baseUrl, time } = await setUp(way)
      const peer = make(client, baseUrl)
      await peer.send(BODY)
      time.now += 2 * MINUTE_MS
      sandbox.fault({ path: '/sandbox/echo', kind: 'status', status: 401 })
      expect((await peer.send(BODY)).status).toBe(401)
      expectBody((await peer.send(BODY)).body)
      expect(sent(sandbox).slice(2)).toEqual([
        'POST /sandbox/echo 401',
        HANDSHAKE,
        'POST /sandbox/echo 200',
      ])
    })

    it('repeats a POST with its body after a 401 where that is allowed', async () => {
      const options = { retryUnauthorized: 'replayable' } as const
      const { sandbox, client, baseUrl, time } = await setUp(way, options)
      const peer = make(client, baseUrl)
      await peer.send(BODY)
      time.now += 2 * MINUTE_MS
      sandbox.fault({ path: '/sandbox/echo', kind: 'status', status: 401 })
      const { status, body } = await peer.send(BODY)
      expect(status).toBe(200)
      expectBody(body)
      expect(sandbox.counts.handshakes).toBe(2)
      expect(complaints(sandbox)).toEqual([])
    })
  })
}

function expectBody(echoed: unknown): void {
  const { body, contentType, method } = echoed as Record<string, string>
  expect(method).toBe('POST')
  expect(body).toBe(JSON.stringify(BODY))
  expect(contentType).toMatch(/^application\/json\b/)
}

/** As the platform names it, or as axios does. */
function isAbort({ name, code }: Error & { code?: string }): boolean {
  return name === 'AbortError' || code === 'ERR_CANCELED'
}
