/** Small functions over text and numbers: which hosts are this machine, times of the vendor, orders as they are shown. */
import { getDiffieHellman } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { readDhParameters, writeDhParameters } from '../src/internal/crypto/dh.ts'
import { orderAnswer } from '../src/internal/ibkr-orders/order-answers.ts'
import { readOrder } from '../src/internal/ibkr-orders/order-request.ts'
import { isLoopback } from '../src/internal/loopback.ts'
import { nextSteps } from '../src/internal/node/next-steps.ts'
import { easternDateTime } from '../src/internal/ultracart/date-time.ts'

describe('this machine', () => {
  it.each(['localhost', '[::1]', '::1', '127.0.0.1', '127.255.0.12'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each([
    ...['localhost.example', 'xlocalhost', '::2', '[::1', '128.0.0.1', '127.0.0', '127.0.0.1.1'],
    ...['127.0.0.1234', '127.0.0.x', 'x127.0.0.1', '127.0.0.1.example', ''],
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})

it.each([
  ['2026-03-02T15:15:00Z', '2026-03-02T10:15:00-05:00'],
  ['2026-01-02T08:04:09Z', '2026-01-02T03:04:09-05:00'],
  ['2026-07-04T04:00:00Z', '2026-07-04T00:00:00-04:00'],
  ['2026-12-31T17:59:59Z', '2026-12-31T12:59:59-05:00'],
  ['2027-01-01T04:59:59.999Z', '2026-12-31T23:59:59-05:00'],
])('%s is %s in the vendor’s time', (time, expected) => {
  expect(easternDateTime(Date.parse(time))).toBe(expected)
})

describe('a DH group', () => {
  const read = (prime: bigint) => readDhParameters(writeDhParameters({ prime, generator: 2n }))
  const known = (group: string) => BigInt(`0x${getDiffieHellman(group).getPrime('hex')}`)

  it.each(['modp14', 'modp16'])('is %s', (group) => {
    expect(read(known(group))).toEqual({ prime: known(group), generator: 2n })
  })

  it.each([
    [2 ** 11 - 1, 'the prime has 2047 bits; 2048 are required'],
    [2 ** 12 + 1, 'the prime has 4097 bits; 4096 is the limit'],
    [2 ** 12, 'the modulus is not prime'],
  ])('is none of %i bits, where they are all set', (bits, problem) => {
    expect(read(2n ** BigInt(bits) - 1n)).toBe(problem)
  })
})

describe('an order', () => {
  const order = {
    ...{ accountId: 'DU1', conid: 265598, orderId: 7, side: 'BUY', quantity: 10, filled: 0 },
    ...{ status: 'Submitted', price: 12.5, timeInForce: 'DAY', orderType: 'LMT', changedAtMs: 0 },
  }
  const shown = (change: object) => orderAnswer(wrong({ ...order, ...change }))

  it.each([
    [{}, { sizeAndFills: '10', avgPrice: '', orderDesc: 'Buy 10 Limit 12.50, DAY' }],
    [{ filled: 4 }, { sizeAndFills: '4/10', avgPrice: '12.50', remainingQuantity: 6 }],
    [{ price: null, side: 'SELL' }, { orderDesc: 'Sell 10 Market, DAY' }],
    [
      { price: null, filled: 10 },
      { avgPrice: '0.00', remainingQuantity: 0, filledQuantity: 10 },
    ],
  ])('with %j is shown with %j', (change, expected) => {
    expect(shown(change)).toMatchObject(expected)
  })

  const asked = { conid: 1, side: 'BUY', orderType: 'LMT', price: 2, quantity: 3, tif: 'DAY' }

  it.each([
    ...['DAY', 'GTC', 'IOC', 'OPG', 'PAX', 'OVT', 'OND'].map((tif) => ({ tif })),
    ...['LMT', 'MKT', 'STP', 'STOP_LIMIT', 'MIDPRICE', 'TRAIL', 'TRAILLMT'].map((orderType) => ({
      orderType,
    })),
  ])('is taken with %j', (change) => {
    const { tif: timeInForce, ...rest } = { ...asked, ...change }
    expect(readOrder({ ...asked, ...change })).toEqual({ ...rest, timeInForce, reference: null })
  })

  it.each(['STP', 'STOP_LIMIT', 'LMT'])('of %s needs a price', (orderType) => {
    expect(readOrder({ ...asked, orderType, price: undefined })).toBe(
      `price: required for ${orderType}`,
    )
  })
})

describe('what to do next', () => {
  const told = { origin: 'http://127.0.0.1:1', isoauth: 'npx isoauth', isKept: false }
  const steps = (change: object = {}) =>
    nextSteps({ ...told, credentialsFile: undefined, state: undefined, ...change })

  it.each([
    ['./made@home/a-1.json', './made@home/a-1.json'],
    ['my file.json', "'my file.json'"],
    ["it's.json", "'it'\\''s.json'"],
    ['', "''"],
  ])('names the file %j as a word of a shell: %s', (credentialsFile, word) => {
    const text = steps({ credentialsFile })
    expect(text).toContain(`credentials  ${credentialsFile}, of this run (mode 0600)\n`)
    expect(text).toContain(
      `\n  npx isoauth doctor --config ${word}\n  npx isoauth request GET /portfolio/accounts --config ${word}\n`,
    )
  })

  it('sets up where no file was written', () => {
    expect(steps()).toContain('credentials  none written; --credentials-file FILE writes them\n')
    expect(steps()).toContain(
      '\n  npx isoauth init --base-url http://127.0.0.1:1\n  npx isoauth request GET /portfolio/accounts\n',
    )
    expect(steps()).not.toContain('state')
  })

  it.each([
    [true, 'as the last run left it'],
    [false, 'new'],
  ])('tells of the state, kept %s', (isKept, words) => {
    expect(steps({ state: 'kept.json', isKept })).toContain(
      `/__sandbox/requests\n  state        kept.json, ${words}\n`,
    )
  })
})
