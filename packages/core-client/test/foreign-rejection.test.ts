/** What is told of a `fetch` that rejects after sign-in: nothing of the header that was signed. */
import { describe, expect, it } from 'vitest'
import { tellRejection } from '../src/index.ts'
import { newError } from './support.ts'

const TOKEN = 'Zx81QwErTyUiOpAsDfGhJkL0'
const sent = `OAuth realm="limited_poa", oauth_token="${TOKEN}", oauth_signature="ab%2Bcd"`
const tell = (error: unknown) => tellRejection(newError, error, sent)
const isTold = expect.objectContaining({ code: 'NETWORK' })

describe('an error that repeats what was sent becomes a coded one', () => {
  it.each([
    ['all of it', TOKEN],
    ['its beginning', `sent ${TOKEN.slice(0, 10)}…`],
    ['its end', TOKEN.slice(-9)],
    ['in another case', TOKEN.toLowerCase()],
    ['behind a long text', `${'- '.repeat(4000)}${TOKEN}`],
    ['where two parts of a text meet', `${'-'.repeat(1895)}${TOKEN}`],
    ['in a text that is too long to be looked at', `${'- '.repeat(30_000)}`],
  ])('%s', (_name, text) => {
    expect(tell(new TypeError(text))).toEqual(isTold)
    expect(tell(Object.assign(new Error('failed'), { note: { text } }))).toEqual(isTold)
  })
})

it('a DOMException, whose message is not its own, becomes a coded one', () => {
  expect(tell(new DOMException(`sent ${TOKEN}`, 'NetworkError'))).toEqual(isTold)
  // As browsers have it that give it no stack of its own.
  const prototype = {
    get message() {
      return `sent ${TOKEN}`
    },
    [Symbol.toStringTag]: 'DOMException',
  }
  expect(tell(Object.create(prototype))).toEqual(isTold)
  const harmless = new DOMException('The operation timed out.', 'TimeoutError')
  expect(tell(harmless)).toBe(harmless)
})

it('an error with a function, in which a request may hide, becomes a coded one', () => {
  expect(tell(Object.assign(new Error('failed'), { request: () => TOKEN }))).toEqual(isTold)
  expect(tell(Object.assign(new Error('failed'), { note: { retry() {} } }))).toEqual(isTold)
})

it('an error whose causes are nested deeper than any becomes a coded one', () => {
  const nested = (depth: number): Error =>
    depth === 0
      ? new Error('connect ECONNREFUSED')
      : new TypeError('fetch failed', { cause: nested(depth - 1) })
  const deepest = nested(4)
  expect(tell(deepest)).toBe(deepest)
  expect(tell(nested(5))).toEqual(isTold)
})

it.each([undefined, null])('%s, which tells nothing, becomes a coded error', (nothing) => {
  expect(tell(nothing)).toEqual(isTold)
})

describe('an error that does not passes unchanged', () => {
  it.each([
    'fetch failed',
    'error sending request for url (https://api.ibkr.com/v1/api/tickle)',
    'certificate signature failure of oauth_token',
  ])('%s', (text) => {
    const error = new TypeError(text, { cause: new Error('connect ECONNREFUSED') })
    expect(tell(error)).toBe(error)
  })
})
