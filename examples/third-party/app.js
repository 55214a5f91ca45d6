/** People connect their own accounts: they agree on a page of the broker, and come back with a verifier. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  IbkrOAuth1Error,
} from '@isoauth/ibkr-oauth1'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'

const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax', prefix: 'host' }

/**
 * @param registered `{ consumerKey, realm, signatureKey, encryptionKey, dhParameters, callback }` of the third party;
 * with the sandbox its addresses too
 */
export function createApp(registered) {
  const { consumerKey, realm, signatureKey, encryptionKey, dhParameters, callback } = registered
  const { baseUrl, authorizeUrlBase } = registered
  const consumer = { consumerKey, realm, signatureKey, baseUrl }
  const authorization = createIbkrOAuth1Authorization({ ...consumer, authorizeUrlBase, callback })
  /** By session id: `{ requestToken }` while a person is at the broker, then `{ ibkr }`. Else: a store, sealed. */
  const people = new Map()
  const app = new Hono()

  app.get('/', async (c) => {
    const { ibkr } = people.get(getCookie(c, 'session', 'host')) ?? {}
    if (ibkr === undefined) return c.html('<a href="/connect">Connect your account</a>')
    const response = await ibkr.fetch('/portfolio/accounts')
    const accounts = response.ok ? await response.json() : []
    return c.html(html`<ul>${accounts.map(({ id, type }) => html`<li>${id}, ${type}</li>`)}</ul>`)
  })

  app.get('/connect', async (c) => {
    const { requestToken } = await authorization.requestToken()
    const id = crypto.randomUUID()
    people.set(id, { requestToken })
    setCookie(c, 'session', id, COOKIE)
    return c.redirect(authorization.authorizeUrl({ requestToken }).href)
  })

  app.get(new URL(callback).pathname, async (c) => {
    const id = getCookie(c, 'session', 'host')
    const { requestToken = '' } = people.get(id) ?? {}
    people.delete(id) // used once, whatever comes of it
    if (requestToken === '') return c.html('<a href="/connect">Connect your account</a>', 400)
    const { verifier } = authorization.validateCallback(c.req.url, { requestToken })
    const person = await authorization.accessToken({ requestToken, verifier })
    const { accessToken, accessTokenSecret } = person
    const keys = { encryptionKey, dhParameters }
    const ibkr = createIbkrOAuth1({ ...consumer, ...keys, accessToken, accessTokenSecret })
    const next = crypto.randomUUID() // a new name after the sign-in
    people.set(next, { ibkr })
    setCookie(c, 'session', next, COOKIE)
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer') // the address holds the verifier
    return c.redirect('/')
  })

  app.onError((error, c) => {
    if (!(error instanceof IbkrOAuth1Error)) throw error
    console.error(error.code, error.message, error.docs) // holds no key, token or secret
    const isTheirs = error.code.includes('_CALLBACK_')
    // A verifier that is over, as after a long look at the broker's page, is a 401 of the broker.
    const isOver = error.code === 'IBKR_OAUTH1_UNAUTHORIZED'
    const text =
      isTheirs || isOver ? 'The account was not connected.' : 'The broker cannot be reached.'
    return c.html(`<p>${text}</p><a href="/connect">Try again</a>`, isTheirs ? 400 : 502)
  })

  return app
}
