/** Services that repeat what they were sent, value by value, in every header and field: no error shows it. */
import { describe, expect, it } from 'vitest'
import { everythingOf, failure } from '../support/index.ts'
import { ACCESS_TOKEN, CLIENT_CALLS, TOKEN_ANSWER } from './every-call.ts'

const HEADERS = ['x-request-id', 'x-correlation-id', 'traceid', 'x-traceid']
/** Bodies that repeat a value, by the field that does. */
const BODIES: Readonly<Record<string, (value: string) => object>> = {
  error: (value) => ({ error: `refused: ${value}` }),
  'an id in the error': (value) => ({ error: `refused, id: ${value}` }),
  title: (title) => ({ title }),
  detail: (detail) => ({ detail }),
  error_description: (value) => ({ error: 'invalid_request', error_description: value }),
  message: (message) => ({ message }),
  'an argument': (field) => ({ invalidArguments: [{ field, description: field }] }),
}

/** The longest end of a value that fits into a trace id, as it is sent. */
const fitting = (value: string) => value.replace(/[^\w.:-]/g, '').slice(-60)

/** The secret of a call: its signature or assertion, and the token that it carries. */
function secretsOf(init: RequestInit = {}): string[] {
  const authorization = new Headers(init.headers).get('authorization') ?? ''
  const signature = /oauth_signature="([^"]+)"/.exec(authorization)?.[1] ?? ''
  const bearer = /^Bearer (.+)$/.exec(authorization)?.[1] ?? ''
  const { body } = init
  const text = body instanceof ArrayBuffer ? new TextDecoder().decode(body) : String(body ?? '')
  const assertion = new URLSearchParams(text).get('client_assertion') ?? ''
  const jws = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? text : ''
  return [decodeURIComponent(signature), bearer, assertion, jws].filter((value) => value !== '')
}

async function errorOf(
  name: string,
  answer: (secret: string) => Response,
  choose: (secrets: readonly string[]) => string | undefined,
) {
  let secret = ''
  const fetch = async (url: string, init?: RequestInit) => {
    if (name.startsWith('echo') && url.includes('/oauth2/')) return new Response(TOKEN_ANSWER)
    secret = choose(secretsOf(init)) ?? ''
    return answer(secret)
  }
  const call = CLIENT_CALLS[name] as (typeof CLIENT_CALLS)[string]
  const options = { origin: 'https://api.ibkr.com', fetch: fetch as typeof globalThis.fetch }
  const error = await failure(() => call.make(options))
  return { secret, error, shown: everythingOf(error) }
}

const CHOICES = {
  first: (secrets: readonly string[]) => secrets[0],
  last: (secrets: readonly string[]) => secrets.at(-1),
}

describe.each(Object.keys(CLIENT_CALLS))('%s', (name) => {
  it.each(HEADERS)('repeated as %s', async (header) => {
    for (const choose of Object.values(CHOICES)) {
      const { secret, error, shown } = await errorOf(
        name,
        (value) => new Response('{}', { status: 400, headers: { [header]: fitting(value) } }),
        choose,
      )
      expect(fitting(secret).length).toBeGreaterThan(10)
      expect(error['traceId']).toBeUndefined()
      expect(shown).not.toContain(fitting(secret))
    }
  })

  it.each(Object.entries(BODIES))('repeated in %s', async (_, bodyOf) => {
    for (const choose of Object.values(CHOICES)) {
      for (const status of [200, 400, 401]) {
        const { secret, shown } = await errorOf(
          name,
          (value) => new Response(JSON.stringify(bodyOf(fitting(value))), { status }),
          choose,
        )
        expect(shown).not.toContain(fitting(secret))
        expect(shown).not.toContain(ACCESS_TOKEN)
      }
    }
  })
})
