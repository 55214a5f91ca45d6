/** An application that signs people in with UltraCart: all that it has to write itself. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type UltraCartSession, type UltraCartSso, UltraCartSsoError } from '@isoauth/ultracart-sso'
import type { TransactionKeeper } from '@isoauth/ultracart-sso/transaction'

const COOKIE = '__Host-shop'

export function createApp(sso: UltraCartSso, keeper: TransactionKeeper) {
  const sessions = new Map<string, UltraCartSession>() // A sealed table in a real shop.

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { cookie = '', 'sec-fetch-site': from } = request.headers
    const id = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookie)?.[1] ?? ''
    const session = sessions.get(id)
    const path = request.url ?? '/'
    response.setHeader('cache-control', 'no-store')
    response.setHeader('referrer-policy', 'no-referrer')

    async function answer(): Promise<void> {
      switch (`${request.method} ${path.split('?')[0]}`) {
        case 'GET /': {
          if (!session) return show('Welcome', button('/sign-in', 'Sign in with UltraCart'))
          const { full_name: name, email } = await sso.user(session)
          const body = `<p>${text(email)}</p>${button('/sign-out', 'Sign out')}`
          return show(`Hello, ${text(name)}`, body)
        }
        case 'POST /sign-in': {
          if (from !== 'same-origin') break
          const { loginUrl, transaction } = await sso.authorize()
          return lead(loginUrl.href, await keeper.keep(transaction))
        }
        case 'GET /auth/return': {
          response.setHeader('set-cookie', keeper.clear)
          const transaction = await keeper.take(cookie)
          const next = await sso.exchangeCode(await sso.validateCallback(path, { transaction }))
          sessions.delete(id) // A new id, so that nobody can have planted it.
          const nextId = randomUUID()
          sessions.set(nextId, next)
          const own = `${COOKIE}=${nextId}; Path=/; Secure; HttpOnly; SameSite=Lax`
          return lead('/', keeper.clear, own)
        }
        case 'POST /sign-out': {
          if (from !== 'same-origin') break
          sessions.delete(id) // First: also when UltraCart cannot be reached.
          if (session) await sso.revoke(session)
          return lead('/')
        }
      }
      show('Not found', '', 404)
    }

    function lead(to: string, ...cookies: string[]): void {
      if (cookies.length > 0) response.setHeader('set-cookie', cookies)
      response.writeHead(303, { location: to }).end()
    }

    function show(title: string, body: string, status = 200): void {
      const html = `<!doctype html><html lang="en"><title>Shop</title><h1>${title}</h1>${body}`
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
      response.end(`${html}<p><a href="/">Home</a></p>`)
    }

    await answer().catch((error: unknown) => {
      if (!(error instanceof UltraCartSsoError)) return show('Out of order', '', 500)
      if (error.code === 'ULTRACART_SSO_UNAUTHORIZED') sessions.delete(id) // The key is dead.
      const words = WORDS[error.reason ?? ''] ?? error.message
      show('That did not work', `<p role="alert">${text(words)}</p><code>${error.code}</code>`, 400)
    })
  }
}

const WORDS: Readonly<Record<string, string>> = {
  access_denied: 'You refused to sign in.',
  invalid_request: 'You took too long. Please sign in again.',
}

const button = (action: string, label: string) =>
  `<form method="post" action="${action}"><button>${label}</button></form>`

const text = (value = '') =>
  value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
