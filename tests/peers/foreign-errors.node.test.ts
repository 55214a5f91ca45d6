/** A `fetch` made over another library, whose errors carry the whole request: none of it is kept. */
import { describe, expect, it } from 'vitest'
import { everythingOf, failure } from '../support/index.ts'
import { ACCESS_TOKEN, CLIENT_CALLS, TOKEN_ANSWER } from './every-call.ts'

/** Connection refused, as axios tells it. */
async function axiosError(url: string, init: RequestInit = {}): Promise<Error> {
  const headers = Object.fromEntries(new Headers(init.headers))
  const config = { url, method: init.method, headers, data: textOf(init.body) }
  const text = JSON.stringify(config)
  const error = new Error(`connect ECONNREFUSED 127.0.0.1:443 ${text}`, {
    cause: Object.assign(new Error(text), { data: text, config }),
  })
  const request = { _header: text, _options: config, res: { req: config } }
  return Object.assign(error, { name: 'AxiosError', code: 'ECONNREFUSED', config, request })
}

/** All values of a request that no error may show. */
function valuesOf(init: RequestInit = {}): string[] {
  const authorization = new Headers(init.headers).get('authorization') ?? ''
  const quoted = [...authorization.matchAll(/(?:signature|nonce|token|challenge)="([^"]+)"/g)]
  const body = textOf(init.body)
  const values = [...quoted.map(([, value]) => value ?? ''), authorization, body]
  const form = new URLSearchParams(body).get('client_assertion') ?? ''
  return [...values, ...form.split('.'), ...body.split('.')].filter((value) => value.length > 7)
}

function textOf(body: unknown): string {
  return body instanceof ArrayBuffer ? new TextDecoder().decode(body) : String(body ?? '')
}

/** A `fetch` that answers token calls where they are only the way, and keeps what else it was asked. */
function overAxios(isWell: (url: string) => boolean, fail: (error: Error) => never) {
  const sent: string[] = []
  const fetch = async (url: string, init?: RequestInit) => {
    if (isWell(url)) return new Response(TOKEN_ANSWER)
    sent.push(...valuesOf(init))
    return fail(await axiosError(url, init))
  }
  return { sent, fetch: fetch as typeof globalThis.fetch }
}

describe.each([
  ['rejects', 'AxiosError'],
  ['gives a body that rejects', 'AxiosError'],
])('a fetch that %s with the whole request', (way, name) => {
  it.each(Object.entries(CLIENT_CALLS))('is kept out of the error: %s', async (what, call) => {
    const isEcho = what.startsWith('echo')
    const isWell = (url: string) => isEcho && url.includes('/oauth2/')
    const { sent, fetch } = overAxios(isWell, (error) => {
      if (way === 'rejects') throw error
      const body = new ReadableStream({ pull: (stream) => stream.error(error) })
      return new Response(body) as never
    })
    const error = await failure(() => call.make({ origin: 'https://api.ibkr.com', fetch }))
    expect(error).toMatchObject({
      code: `${call.prefix}_NETWORK`,
      cause: { name, code: 'ECONNREFUSED' },
    })
    expect(sent.length).toBeGreaterThan(0)
    const shown = everythingOf(error)
    for (const value of [...sent, ACCESS_TOKEN]) expect(shown).not.toContain(value)
    expect(error['cause']).not.toHaveProperty('config')
    expect(error['cause']).not.toHaveProperty('request')
  })
})
