/**
 * Sign-in for a Hono application on a server: the login under way is in a store, from which it is
 * taken once. Differs from `request-handlers.ts` in that and in Hono's helpers only.
 */
import {
  createUltraCartSso,
  type UltraCartSession,
  UltraCartSsoError,
  type UltraCartSsoOptions,
} from '@isoauth/ultracart-sso'
import { createTransactionStore, type TransactionBackend } from '@isoauth/ultracart-sso/transaction'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** What the application needs from its environment. */
export interface Settings {
  readonly sso: UltraCartSsoOptions
  /**
   * For more than one process. With Redis:
   * `{ setItem: (k, v, { ttl }) => redis.set(k, v, { EX: ttl }), takeItem: (k) => redis.getDel(k) }`
   */
  readonly backend?: TransactionBackend
}

export function createApp(settings: Settings): Hono {
  const sso = createUltraCartSso(settings.sso)
  const keeper = createTransactionStore({ backend: settings.backend })
  const sessions = new Map<string, UltraCartSession>() // one process; else a store, sealed
  const app = new Hono()
  const cookie = {
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
    prefix: 'host',
  } as const

  app.get('/auth/start', async (c) => {
    const { loginUrl, transaction } = await sso.authorize()
    c.header('set-cookie', await keeper.keep(transaction))
    return c.redirect(loginUrl.href)
  })

  app.get(new URL(settings.sso.redirectUri).pathname, async (c) => {
    const transaction = await keeper.take(c.req.header('cookie'))
    const { pathname, search } = new URL(c.req.url) // a proxy may have changed the origin
    const callback = await sso.validateCallback(pathname + search, { transaction })
    const session = await sso.exchangeCode(callback)
    const id = crypto.randomUUID() // a new name after each login
    sessions.set(id, session)
    c.header('set-cookie', keeper.clear)
    setCookie(c, 'session', id, cookie)
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer') // the callback's URL holds the code
    return c.redirect('/')
  })

  app.get('/', async (c) => {
    const session = sessions.get(getCookie(c, 'session', 'host') ?? '')
    if (session === undefined) return c.redirect('/auth/start')
    const user = await sso.user(session)
    return c.text(`Signed in as ${user.full_name ?? user.login}`)
  })

  app.post('/auth/end', async (c) => {
    const id = getCookie(c, 'session', 'host') ?? ''
    const session = sessions.get(id)
    sessions.delete(id) // whatever comes of the revocation
    deleteCookie(c, 'session', cookie)
    if (session !== undefined) await sso.revoke(session)
    return c.redirect('/')
  })

  app.onError((error, c) => {
    if (!(error instanceof UltraCartSsoError)) throw error
    console.error(JSON.stringify(error)) // holds no key, code or state
    if (isSessionOver(error)) {
      sessions.delete(getCookie(c, 'session', 'host') ?? '')
      return c.redirect('/auth/start')
    }
    c.header('set-cookie', keeper.clear)
    const isTheirs = /_(CALLBACK|STATE|LOGIN)_/.test(error.code)
    const text = isTheirs ? 'The login did not complete.' : 'The login service failed.'
    return c.text(`${text} Start again at /auth/start`, isTheirs ? 400 : 502)
  })

  return app
}

/** The person's key is over: nothing failed where that was what they wanted. */
function isSessionOver({ code, operation }: UltraCartSsoError): boolean {
  return code === 'ULTRACART_SSO_UNAUTHORIZED' && (operation === 'user' || operation === 'revoke')
}
