/** A platform that lets a stream be taken over without CORS: what a Request carries is told from a stream by its kind. */
import { afterEach, expect, it, vi } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { readBaseUrl } from '../src/internal/base-url.ts'
import { readOutgoing } from '../src/internal/outgoing-request.ts'
import { newError } from './support.ts'

const URL_OF_ORDERS = 'https://api.example.com/orders'

class LenientRequest extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    const { mode, ...rest } = init
    super(input, mode === 'no-cors' ? ({ ...rest, duplex: 'half' } as RequestInit) : init)
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

/** As in a platform that sends no streams: one is taken for an object, and turned into text. */
class StreamlessRequest extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, init.body instanceof ReadableStream ? { ...init, body: String(init.body) } : init)
  }
}

it('a Request of text, where the platform sends no streams', async () => {
  vi.stubGlobal('Request', StreamlessRequest)
  const given = new StreamlessRequest(URL_OF_ORDERS, { method: 'POST', body: '{}' })
  const base = readBaseUrl('https://api.example.com')
  const options = { newError, base, timeoutMs: 5000 }
  expect(await readOutgoing(wrong(options), wrong(given), undefined)).toMatchObject({
    isRepeatable: true,
  })
})

it.each<[string, BodyInit, boolean]>([
  ['text', '{}', true],
  ['bytes', new Uint8Array(2), true],
  ['a stream', new ReadableStream({ start: (stream) => stream.close() }), false],
])('a Request of %s', async (_, body, isRepeatable) => {
  vi.stubGlobal('Request', LenientRequest)
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  const given = new LenientRequest(URL_OF_ORDERS, init)
  const base = readBaseUrl('https://api.example.com')
  const options = { newError, base, timeoutMs: 5000 }
  const outgoing = await readOutgoing(wrong(options), wrong(given), undefined)
  expect(outgoing.isRepeatable).toBe(isRepeatable)
})
