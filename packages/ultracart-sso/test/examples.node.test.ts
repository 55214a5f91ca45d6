/** The examples, run: sign in, come back, see the user, sign out, and what goes wrong on the way. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../examples/hono.ts'
import { createHandler } from '../examples/request-handlers.ts'
import { json, KEY, normal, REDIRECT, setUp } from './support.ts'

type Handler = (request: Request) => Promise<Response> | Response
type Service = ReturnType<typeof setUp>

const ORIGIN = 'https://shop.example'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  return () => {
    vi.restoreAllMocks()
  }
})

const login_url = 'https://secure.ultracart.com/login'
const plays = { authorize: () => json({ login_url }) }

async function withHandlers(service: Service): Promise<Handler> {
  const kept = new Map<string, { simpleKey: string }>()
  return createHandler({
    simpleKey: KEY,
    redirectUri: REDIRECT,
    cookieKey: (await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])) as CryptoKey,
    sessions: {
      get: async (id) => kept.get(id),
      set: async (id, session) => void kept.set(id, session),
      delete: async (id) => void kept.delete(id),
    },
    fetch: service.fetch,
  })
}

const withHono = async (service: Service): Promise<Handler> => {
  const app = createApp({
    sso: { simpleKey: KEY, redirectUri: REDIRECT, fetch: service.fetch as never },
  })
  return (request) => app.fetch(request)
}

/** A browser: keeps cookies and does not follow by itself. */
function createBrowser(handler: Handler) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async open(path: string, method = 'GET') {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const request = new Request(new URL(path, ORIGIN), { method, headers: { cookie } })
      const response = await handler(request)
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (/Max-Age=0/i.test(line)) cookies.delete(name)
        else cookies.set(name, value)
      }
      return response
    },
  }
}

describe.each([
  ['request-handlers', withHandlers],
  ['hono', withHono],
] as const)('%s', (_, make) => {
  const start = async (more: Parameters<typeof setUp>[0] = {}) => {
    const service = setUp({ ...plays, ...more })
    const handler = await make(service)
    const browser = createBrowser(handler)
    return { service, handler, browser }
  }
  const stateOf = ({ seen }: Service): string => JSON.parse(seen.at(-1)?.body ?? '').state

  it('signs in, shows the user, signs out', async () => {
    const { service, browser } = await start()
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
    const away = await browser.open('/auth/start')
    expect([away.status, away.headers.get('location')]).toEqual([302, login_url])
    expect([...browser.cookies.keys()]).toEqual(['__Host-ultracart-login'])
    const back = await browser.open(`/auth/return?code=c-1&state=${stateOf(service)}`)
    expect([back.status, back.headers.get('location')]).toEqual([302, '/'])
    expect(back.headers.get('referrer-policy')).toBe('no-referrer')
    expect(back.headers.get('cache-control')).toBe('no-store')
    expect([...browser.cookies.keys()]).toEqual(['__Host-session'])
    expect(await (await browser.open('/')).text()).toBe('Signed in as mara')
    const out = await browser.open('/auth/end', 'POST')
    expect(out.status).toBe(302)
    expect(service.count('revoke')).toBe(1)
    expect([...browser.cookies.keys()]).toEqual([])
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
  })

  it('forgets the session though revoking it fails, and says so', async () => {
    const { service, browser } = await start({ revoke: () => json({}, 400) })
    await browser.open('/auth/start')
    await browser.open(`/auth/return?code=c-1&state=${stateOf(service)}`)
    expect((await browser.open('/auth/end', 'POST')).status).toBe(502)
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
  })

  it('signs out of a session that is over already, without a failure', async () => {
    const { service, browser } = await start({ revoke: () => json({}, 401) })
    await browser.open('/auth/start')
    await browser.open(`/auth/return?code=c-1&state=${stateOf(service)}`)
    const out = await browser.open('/auth/end', 'POST')
    expect([out.status, out.headers.get('location')]).toEqual([302, '/auth/start'])
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
  })

  it('starts again where the service says that the session is over', async () => {
    const user = (seen: never, attempt: number) =>
      attempt === 1 ? normal.user(seen, 1) : json({}, 401)
    const { service, browser } = await start({ user: user as never })
    await browser.open('/auth/start')
    await browser.open(`/auth/return?code=c-1&state=${stateOf(service)}`)
    await browser.open('/')
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
    expect((await browser.open('/')).headers.get('location')).toBe('/auth/start')
    expect(service.count('user')).toBe(2)
  })

  it.each([
    ['a refusal', (state: string) => `error=access_denied&state=${state}`],
    ['another state', (state: string) => `code=c-1&state=${state.slice(1)}A`],
    ['no parameters', () => ''],
  ])(
    'says that the login did not complete after %s, and asks for no token',
    async (_name, query) => {
      const { service, browser } = await start()
      await browser.open('/auth/start')
      const back = await browser.open(`/auth/return?${query(stateOf(service))}`)
      expect([back.status, await back.text()]).toEqual([
        400,
        'The login did not complete. Start again at /auth/start',
      ])
      expect(service.count('token')).toBe(0)
      expect(browser.cookies.size).toBe(0)
    },
  )

  it('refuses a callback in a browser that did not start, and one that comes again', async () => {
    const { service, handler, browser } = await start()
    await browser.open('/auth/start')
    const path = `/auth/return?code=c-1&state=${stateOf(service)}`
    const kept = [...browser.cookies]
    expect((await createBrowser(handler).open(path)).status).toBe(400)
    expect((await browser.open(path)).status).toBe(302)
    for (const [name, value] of kept) browser.cookies.set(name, value)
    expect((await browser.open(path)).status).toBe(400)
    expect(service.count('token')).toBe(1)
  })

  it('says that the service failed', async () => {
    const { browser } = await start({ authorize: () => json({}, 410) })
    const response = await browser.open('/auth/start')
    expect([response.status, await response.text()]).toEqual([
      502,
      'The login service failed. Start again at /auth/start',
    ])
  })
})
