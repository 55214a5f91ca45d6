import { describeBody, parseJsonObject, responseFacts, safeTraceId } from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { parseRetryAfter, receiveAnswer } from '../src/internal/response-body.ts'

it('reads text up to the limit, byte by byte, across chunks', async () => {
  const text = 'aé€😀'.repeat(100)
  const bytes = new TextEncoder().encode(text)
  const chunked = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 3) controller.enqueue(bytes.slice(at, at + 3))
          controller.close()
        },
      }),
    )
  const whole = await receiveAnswer(chunked(), { limitBytes: bytes.length })
  expect(whole).toMatchObject({ status: 200, text, cutAtBytes: undefined })
  const cut = await receiveAnswer(chunked(), { limitBytes: bytes.length - 1 })
  expect(cut.cutAtBytes).toBe(bytes.length - 1)
})

it('reads an absent body as empty', async () => {
  expect((await receiveAnswer(new Response(null, { status: 204 }))).text).toBe('')
})

it.each([
  ['7', 7000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('reads Retry-After %s', (value, expected) => {
  expect(parseRetryAfter(value, 10_000)).toBe(expected)
})

it.each(['x-request-id', 'x-correlation-id', 'traceid', 'x-traceid'])(
  'finds the number of a request in %s',
  (name) => {
    const headers = { 'x-request-id': 'not fit', [name]: 'abc' }
    expect(responseFacts(new Response('', { headers }), () => 0).traceId).toBe('abc')
  },
)

it('lets only harmless trace ids through', () => {
  expect(safeTraceId('a-1_b.c:D', () => false)).toBe('a-1_b.c:D')
  expect(safeTraceId(5 as never, () => false)).toBeUndefined()
  for (const bad of ['', 'a b', '<x>', 'x'.repeat(65), 'ü', undefined, null]) {
    expect(safeTraceId(bad, () => false)).toBeUndefined()
  }
  const headers = { 'x-correlation-id': 'abc', 'retry-after': '3' }
  const response = new Response('', { status: 503, headers })
  expect(
    responseFacts(
      response,
      () => 0,
      () => false,
    ),
  ).toEqual({
    status: 503,
    traceId: 'abc',
    retryAfterMs: 3000,
  })
})

it('takes JSON objects only, and describes the rest without quoting it', () => {
  expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 })
  for (const text of ['[]', 'null', '5', '"x"', '{', ''])
    expect(parseJsonObject(text)).toBeUndefined()
  expect(describeBody(' ')).toBe('empty')
  expect(describeBody(' <html>')).toBe(
    '7 characters of HTML, a page of a proxy, a login or a web site: check baseUrl',
  )
  expect(describeBody('{"a":')).toBe('5 characters of JSON that is cut off')
  expect(describeBody('hush')).toBe('4 characters of other text')
})

describe('a JSON object', () => {
  const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`

  it('may be nested 100 levels and no deeper', () => {
    expect(parseJsonObject(nested(100))).toBeDefined()
    expect(parseJsonObject(nested(101))).toBeUndefined()
    expect(parseJsonObject(nested(6500))).toBeUndefined()
  })

  it('may have brackets in its texts, and many beside each other', () => {
    const text = JSON.stringify({
      a: `\\"${'['.repeat(200)}`,
      b: Array.from({ length: 200 }, () => [{}]),
    })
    expect(parseJsonObject(text)).toEqual(JSON.parse(text))
  })
})

it.each([
  ['30', 30_000],
  ['30.0', 30_000],
  ['45.5', 46_000],
  ['0', 0],
  ['0.2', 1000],
  [' 7 ', 7000],
  ['-1', undefined],
  ['-5', undefined],
  ['+5', undefined],
  ['1e3', undefined],
  ['5 s', undefined],
  ['', undefined],
  [null, undefined],
  ['31535999', 31_535_999_000],
  ['31536000', 31_536_000_000],
  ['31536001', 31_536_000_000],
  ['9'.repeat(400), 31_536_000_000],
  ['9'.repeat(401), undefined],
  ['600, 600', 600_000],
  ['60,600', 600_000],
  ['600, 1.5', 600_000],
  ['1.2.3', undefined],
  ['600, soon', undefined],
  [',', undefined],
  ['600,', 600_000],
  ['Mon, 02 Mar 2026 09:01:00 GMT', 60_000],
  ['Mon, 02 Mar 2026 08:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 31_536_000_000],
  ['2026-03-02T09:01:00Z', undefined],
])('reads Retry-After %j as %s ms', (text, expected) => {
  expect(parseRetryAfter(text, Date.parse('2026-03-02T09:00:00Z'))).toBe(expected)
})

it('ends with a body that sends chunks of nothing for ever', async () => {
  let pulls = 0
  const body = new ReadableStream({
    pull(stream) {
      if (++pulls < 1_000_000) stream.enqueue(new Uint8Array(0))
      else stream.close()
    },
  })
  expect((await receiveAnswer(new Response(body), { limitBytes: 1000 })).cutAtBytes).toBe(1000)
  expect(pulls).toBeLessThan(2000)
})

it('a number in the place of a header, as some doubles of a fetch give it, is read', () => {
  const headers = new Map([
    ['retry-after', 5],
    ['x-request-id', 5],
  ])
  expect(responseFacts({ status: 429, headers } as never, () => 0)).toEqual({
    status: 429,
    traceId: undefined,
    retryAfterMs: 5000,
  })
})
