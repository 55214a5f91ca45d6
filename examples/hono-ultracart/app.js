/** Sign-in by UltraCart: the login under way is in a store, from which it is taken once; the session stays here. */
import { createUltraCartSso, UltraCartSsoError } from '@isoauth/ultracart-sso'
import { createTransactionStore } from '@isoauth/ultracart-sso/transaction'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'

const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax', prefix: 'host' }

/** @param {import('@isoauth/ultracart-sso').UltraCartSsoOptions} options */
export function createApp(options) {
  const sso = createUltraCartSso(options)
  const keeper = createTransactionStore() // of this process; give it a backend where there are more
  const sessions = new Map()
  const app = new Hono()

  app.get('/', async (c) => {
    const session = sessions.get(getCookie(c, 'session', 'host'))
    if (session === undefined) return c.html('<a href="/auth/start">Sign in</a>')
    const user = await sso.user(session)
    return c.html(
      html`<p>Signed in as ${user.full_name ?? user.login}</p>
        <form method="post" action="/auth/end"><button>Sign out</button></form>`,
    )
  })

  app.get('/auth/start', async (c) => {
    const { loginUrl, transaction } = await sso.authorize()
    c.header('set-cookie', await keeper.keep(transaction))
    return c.redirect(loginUrl.href)
  })

  app.get('/auth/return', async (c) => {
    const transaction = await keeper.take(c.req.header('cookie'))
    const { pathname, search } = new URL(c.req.url) // a proxy may have changed the origin
    const callback = await sso.validateCallback(pathname + search, { transaction })
    const session = await sso.exchangeCode(callback)
    const id = crypto.randomUUID() // a new name after each login
    sessions.set(id, session)
    c.header('set-cookie', keeper.clear)
    setCookie(c, 'session', id, COOKIE)
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer') // the address holds the code
    return c.redirect('/')
  })

  app.post('/auth/end', async (c) => {
    const id = getCookie(c, 'session', 'host')
    const session = sessions.get(id)
    sessions.delete(id) // whatever comes of the revocation
    deleteCookie(c, 'session', COOKIE)
    if (session !== undefined) await sso.revoke(session)
    return c.redirect('/', 303)
  })

  app.onError((error, c) => {
    if (!(error instanceof UltraCartSsoError)) throw error
    console.error(JSON.stringify(error)) // holds no key, code or state
    const isOfSession = ['user', 'revoke'].includes(error.operation)
    if (error.code === 'ULTRACART_SSO_UNAUTHORIZED' && isOfSession) {
      sessions.delete(getCookie(c, 'session', 'host')) // it is over
      return c.redirect('/', 303)
    }
    c.header('set-cookie', keeper.clear)
    const isTheirs = /_(CALLBACK|STATE|LOGIN)_/.test(error.code)
    const text = isTheirs ? 'The login did not complete.' : 'The login service failed.'
    return c.html(`<p>${text}</p><a href="/auth/start">Sign in</a>`, isTheirs ? 400 : 502)
  })

  return app
}
