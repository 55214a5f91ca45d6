/** From the login page to sign-out; the page's form is filled in as a browser would. */
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { createTransactionCookie } from '@isoauth/ultracart-sso/transaction'
import { facts, proven, same, sameRefusal } from './facts.mjs'

const sso = createUltraCartSso(facts.sandbox.ultracart)
const { loginUrl, transaction } = await sso.authorize()

const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
])
const keeper = createTransactionCookie({ key })
const cookie = (await keeper.keep(transaction)).split(';')[0]

const page = await (await fetch(loginUrl)).text()
const hidden = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
const [, user] = /name="user" value="([^"]+)"/.exec(page)
const { origin } = new URL(loginUrl)
const approved = await fetch(new URL(/<form[^>]* action="([^"]+)"/.exec(page)[1], loginUrl), {
  method: 'POST',
  redirect: 'manual',
  headers: { origin },
  body: new URLSearchParams([
    ...hidden.map(([, name, value]) => [name, value]),
    ['user', user],
    ['decision', 'approve'],
  ]),
})
const callbackUrl = new URL(approved.headers.get('location'), origin)

const callback = await sso.validateCallback(callbackUrl, {
  transaction: await keeper.take(cookie),
})
const session = await sso.exchangeCode(callback)
same((await sso.user(session)).login, user, 'who signed in')
same(JSON.stringify(session).includes(session.simpleKey), false, 'the key is in the JSON')
await sso.revoke(session)
await sameRefusal(sso.user(session), 'ULTRACART_SSO_UNAUTHORIZED', 'after sign-out')
proven('login, callback, user, sign-out')
