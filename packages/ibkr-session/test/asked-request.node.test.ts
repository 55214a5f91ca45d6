/** What is known of a request before it is sent: method, path below the base, query, and where it goes. */
import { describe, expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { readAsked, signalOf } from '../src/internal/asked-request.ts'
import { failure } from './support.ts'

const HOST = 'https://api.ibkr.com'

/** Path, query and origin of what is asked for. */
const ASKED: readonly (readonly [unknown, path: string, query?: string, origin?: string])[] = [
  ['/iserver/accounts', '/iserver/accounts'],
  ['iserver/accounts', '/iserver/accounts'],
  ['\\iserver/accounts', '/iserver/accounts'],
  ['/iserver/orders?a=b&c=d#e', '/iserver/orders', '?a=b&c=d'],
  ['/v1/api/tickle', '/tickle'],
  ['/v1/portal/tickle', '/tickle'],
  ['/v1/apis/tickle', '/v1/apis/tickle'],
  ['/v1/api', '/v1/api'],
  ['/x/v1/api/tickle', '/x/v1/api/tickle'],
  ['/v1/api/v1/api/tickle', '/v1/api/tickle'],
  ['/a/../b', '/b'],
  ['?a=b', '/', '?a=b'],
  ['', '/'],
  [`${HOST}/v1/api/tickle?x`, '/tickle', '?x', HOST],
  ['HTTPS://API.ibkr.com/tickle', '/tickle', '', HOST],
  ['x-y+z.1:/tickle', '/tickle', '', 'null'],
  ['1x:/tickle', '/1x:/tickle'],
  ['//api.ibkr.com/tickle', ''],
  ['\\\\api.ibkr.com/tickle', ''],
  ['https://[', ''],
  [new URL(`${HOST}/v1/api/tickle`), '/tickle', '', HOST],
  [new Request(`${HOST}/tickle?y`), '/tickle', '?y', HOST],
  [{ url: '/tickle' }, '/tickle'],
  [Object.create(null), '/'],
]

it.each(ASKED.map(([input, path, query = '', origin]) => [input, path, query, origin] as const))(
  'of %o: path %s, query %s, origin %s',
  (input, path, query, origin) => {
    expect(readAsked(wrong(input), undefined)).toEqual({ method: 'GET', path, query, origin })
  },
)

it.each<[unknown, unknown, string]>([
  ['/tickle', undefined, 'GET'],
  ['/tickle', null, 'GET'],
  ['/tickle', {}, 'GET'],
  ['/tickle', { method: 'post' }, 'POST'],
  ['/tickle', { method: Object.create(null) }, ''],
  [new Request(HOST, { method: 'PUT' }), undefined, 'PUT'],
  [new Request(HOST, { method: 'PUT' }), { method: 'patch' }, 'PATCH'],
  [new Request(HOST, { method: 'PUT' }), { headers: {} }, 'PUT'],
])('the method of %o with %o is %s', (input, init, method) => {
  expect(readAsked(wrong(input), wrong(init)).method).toBe(method)
})

describe('the signal of a request', () => {
  const [own, carried] = [new AbortController().signal, new AbortController().signal]
  it.each<[unknown, unknown, unknown]>([
    ['/x', undefined, undefined],
    ['/x', {}, undefined],
    ['/x', { signal: own }, own],
    [{ signal: carried }, undefined, carried],
    [{ signal: carried }, { signal: undefined }, carried],
    [{ signal: carried }, { signal: own }, own],
    [{ signal: carried }, { signal: null }, undefined],
    [{ signal: null }, undefined, undefined],
  ])('%o with %o', (input, init, signal) => {
    expect(signalOf(input, init)).toBe(signal)
  })

  it('is refused where it is none', async () => {
    for (const signal of [5, {}, 'x']) {
      const error = await failure(async () => signalOf('/x', { signal }))
      expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'init.signal' })
    }
  })
})
