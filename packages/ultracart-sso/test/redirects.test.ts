/** A redirect to another origin, in process: that origin sees no request. */
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { describe, expect, it } from 'vitest'
import { KEY, REDIRECT, rejection, run, setUp, USER_KEY } from './support.ts'

/** A `fetch` over two origins that follows redirects as the platform's does, unless told not to. */
function twoOrigins(status: number) {
  const arrived: string[] = []
  const fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const request = new Request(input as Request, init)
    const { origin } = new URL(request.url)
    arrived.push(origin)
    if (origin !== 'https://api.example') return new Response('{}')
    const location = 'https://evil.example/rest/v2/sso/token'
    const response = new Response(null, { status, headers: { location } })
    if (request.redirect === 'manual') return response
    const headers = new Headers(request.headers)
    headers.delete('authorization')
    return fetch(new Request(location, { method: request.method, headers }))
  }
  return { arrived, fetch }
}

describe.each([302, 307, 308])('%d', (status) => {
  it.each(['authorize', 'user', 'revoke'] as const)('%s stays', async (operation) => {
    const { arrived, fetch } = twoOrigins(status)
    const sso = createUltraCartSso({
      simpleKey: KEY,
      redirectUri: REDIRECT,
      baseUrl: 'https://api.example/rest/v2',
      allowBrowser: true,
      fetch: fetch as never,
    })
    const session = { simpleKey: USER_KEY }
    const call = operation === 'authorize' ? sso.authorize() : sso[operation](session)
    const error = await rejection(call)
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_REDIRECT_REFUSED', status })
    expect(arrived).toEqual(['https://api.example'])
  })

  it('token stays', async () => {
    const { arrived, fetch } = twoOrigins(status)
    const setup = setUp({
      token: () => fetch('https://api.example/rest/v2/sso/token', { redirect: 'manual' }),
    })
    const error = await rejection(run(setup, 'token'))
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_REDIRECT_REFUSED', status })
    expect(setup.seen.map(({ redirect }) => redirect)).toEqual(['manual', 'manual'])
    expect(arrived).toEqual(['https://api.example'])
  })
})
