/** How each failure is taken, and how long the next attempt waits after it. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createBackOff } from '../src/internal/back-off.ts'
import type { WaitReason } from '../src/internal/events.ts'
import { judge } from '../src/internal/failure.ts'
import { json, setUp, wrong } from './support.ts'

const NOW_MS = 1_000_000

/** For each reason to wait the codes that are taken for it, whoever they are of. */
const PASSING: Partial<Record<WaitReason, readonly unknown[]>> = {
  network: [
    ...['IBKR_SESSION_NETWORK', 'IBKR_OAUTH1_NETWORK'],
    ...[
      'ECONNRESET',
      'EAI_AGAIN',
      'UND_ERR_SOCKET',
      'econn_reset',
      'my_FAULT',
      'ERR_X!',
      '',
      5,
      undefined,
    ],
  ],
  timeout: ['IBKR_SESSION_TIMEOUT', 'IBKR_SSO_TIMEOUT'],
  unavailable: ['IBKR_SESSION_UNAVAILABLE', 'IBKR_OAUTH2_UNAVAILABLE'],
  'rate-limited': ['IBKR_SESSION_RATE_LIMITED', 'IBKR_OAUTH1_RATE_LIMITED'],
  'answer-invalid': [
    ...['IBKR_SESSION_RESPONSE_INVALID', 'IBKR_SESSION_REDIRECT_REFUSED'],
    ...['IBKR_OAUTH1_RESPONSE_INVALID', 'IBKR_OAUTH1_REDIRECT_REFUSED'],
  ],
  competing: ['IBKR_SESSION_COMPETING'],
  'not-ready': ['IBKR_SESSION_NOT_READY'],
  refused: ['IBKR_SESSION_FORBIDDEN'],
}
const FINAL = [
  ...['IBKR_OAUTH1_UNAUTHORIZED', 'IBKR_OAUTH1_NO_BRIDGE', 'IBKR_OAUTH1_COMPETING'],
  ...['MY_NETWORKS', 'CRYPTO_2', 'AB2_FAULT'],
]

describe('a failure', () => {
  it.each<readonly [code: unknown, kind: string, reason: string | undefined]>([
    ['IBKR_SESSION_NO_BRIDGE', 'lost', 'no-bridge'],
    ['IBKR_SESSION_UNAUTHORIZED', 'lost', 'unauthorized'],
    ...Object.entries(PASSING).flatMap(([reason, codes]) =>
      codes.map((code) => [code, 'passing', reason] as const),
    ),
    ...FINAL.map((code) => [code, 'final', undefined] as const),
  ])('of code %s is %s: %s', (code, kind, reason) => {
    const { askedMs, ...failure } = judge({ code }, NOW_MS)
    expect(failure).toEqual(reason === undefined ? { kind } : { kind, reason })
    expect(askedMs).toBeUndefined()
  })

  it.each([[undefined], [null], [5], ['IBKR_SESSION_NO_BRIDGE']])(
    'that is %o is one of the network',
    (error) => {
      expect(judge(error, NOW_MS)).toMatchObject({ kind: 'passing', reason: 'network' })
    },
  )

  it.each([
    [{ retryAfterMs: 7 }, 7],
    [{ nextAttemptAtMs: NOW_MS + 9 }, 9],
    [{ nextAttemptAtMs: NOW_MS - 9 }, 0],
    [{ retryAfterMs: 7, nextAttemptAtMs: NOW_MS + 9 }, 9],
    [{ retryAfterMs: 7, nextAttemptAtMs: NOW_MS }, 0],
    [{ retryAfterMs: 3_600_001 }, 3_600_000],
    [{ nextAttemptAtMs: NOW_MS + 3_600_001 }, 3_600_000],
  ])('that says when to come again is held to it, up to an hour: %j', (times, askedMs) => {
    for (const code of [
      ...['IBKR_SESSION_NO_BRIDGE', 'IBKR_SESSION_UNAUTHORIZED', 'IBKR_SESSION_REFUSED'],
      ...['IBKR_OAUTH1_NETWORK', 'IBKR_OAUTH1_UNAUTHORIZED', undefined],
    ]) {
      expect(judge({ code, ...times }, NOW_MS).askedMs).toBe(askedMs)
    }
  })
})

describe('the wait after a failure', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })
  /** In seconds; the middle of what chance may make of it. */
  const waits = (...failures: (readonly [WaitReason, number?] | 'success')[]) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const backOff = createBackOff()
    const all: number[] = []
    for (const failure of failures) {
      if (failure === 'success') backOff.reset()
      else all.push(backOff.nextMs(failure[0], failure[1]) / 1000)
    }
    return all
  }
  const times = (count: number, reason: WaitReason) => Array(count).fill([reason])

  it.each(['network', 'timeout'] as const)('of %s grows from the seventh on', (reason) => {
    expect(waits(...times(9, reason))).toEqual([5, 5, 5, 5, 5, 5, 10, 20, 40])
  })

  it.each(['unavailable', 'answer-invalid', 'refused', 'not-ready'] as const)(
    'of %s grows at once, to ten minutes',
    (reason) => {
      expect(waits(...times(9, reason))).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600])
    },
  )

  it.each(['rate-limited', 'unauthorized'] as const)('of %s begins with a minute', (reason) => {
    expect(waits(...times(5, reason))).toEqual([60, 120, 240, 480, 600])
  })

  it('of another platform is a minute, and counts for nothing', () => {
    expect(waits(...times(3, 'competing'), ['refused'], ['network'])).toEqual([60, 60, 60, 5, 5])
  })

  it('of each row is its own, until a success', () => {
    const row = [['refused'], ['refused'], ['network']] as const
    expect(waits(...row, 'success', ...row)).toEqual([5, 10, 5, 5, 10, 5])
    const long = times(7, 'network')
    expect(waits(...long, 'success', ...long).slice(6)).toEqual([10, 5, 5, 5, 5, 5, 5, 10])
  })

  it('that is asked for is kept, and counts', () => {
    expect(waits(['refused', 1000], ['refused', 2000], ['refused', 0], ['refused'])).toEqual([
      1.1, 2.1, 20, 40,
    ])
    expect(waits(['competing', 2000], ['refused', -1])).toEqual([2.1, 5])
  })
})

it('keeps what the broker sets at an absolute address of its own, and no cookie of another host', async () => {
  const { session, broker } = setUp()
  broker.answering(({ path }) => {
    const url = path === '/other' ? 'https://other.test/other' : `https://broker.test${path}`
    const answer = json(200, { accounts: [] }, { 'set-cookie': `at${path.replace('/', '-')}=1` })
    return Object.defineProperty(answer, 'url', { value: url })
  })
  for (const address of ['/first', 'https://broker.test/second', 'https://other.test/other']) {
    await session.fetch(address)
  }
  await session.fetch('/last')
  expect(broker.calls.at(-1)?.headers.get('cookie')).toBe('at-first=1; at-second=1')
})

it('an init whose class has a getter for the method keeps it, with the cookies added', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  class Cancel {
    get method() {
      return 'DELETE'
    }
  }
  await session.fetch('/iserver/account/DU1/order/1', wrong(new Cancel()))
  expect(broker.calls.at(-1)?.method).toBe('DELETE')
})

it('a Request given as init stays what it is, with the cookies added', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const init = new Request('https://broker.test/', {
    ...{ method: 'POST', body: 'order', headers: { 'x-a': 'b' } },
  })
  await session.fetch('/iserver/account/DU1/orders', wrong(init))
  const { method, body, headers } = broker.calls.at(-1) ?? {}
  expect([method, body, headers?.get('x-a')]).toEqual(['POST', 'order', 'b'])
})
