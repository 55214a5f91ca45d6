/** An application that signs people in with UltraCart: all that it has to write itself. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError, hasCode } from '@isoauth/core-crypto'
import type { UltraCartSession, UltraCartSso, UltraCartTransaction } from '@isoauth/ultracart-sso'

interface Visit {
  transaction?: UltraCartTransaction | undefined
  session?: UltraCartSession | undefined
}

/** Answers `/`, `/sign-in`, `/auth/return` and `/sign-out`. */
export function createApp(sso: UltraCartSso) {
  const visits = new Map<string, Visit>() // By cookie; a database in a real shop.
  const routes: Record<string, (visit: Visit, url: string) => Promise<Answer>> = {
    'GET /': async ({ session }) => {
      if (!session) return page('Welcome', button('/sign-in', 'Sign in with UltraCart'))
      const { full_name: name, email } = await sso.user(session)
      return page(`Hello, ${text(name)}`, `<p>${text(email)}</p>${button('/sign-out', 'Sign out')}`)
    },
    'POST /sign-in': async (visit) => {
      const { loginUrl, transaction } = await sso.authorize()
      return { to: loginUrl.href, visit: { ...visit, transaction } }
    },
    'GET /auth/return': async (visit, url) => {
      const { transaction } = visit
      visit.transaction = undefined // Taken out before anything is compared: good for one callback.
      if (!transaction) return page('No sign-in is under way', button('/sign-in', 'Sign in'), 400)
      const callback = await sso.validateCallback(url, { transaction })
      return { to: '/', visit: { session: await sso.exchangeCode(callback) } }
    },
    'POST /sign-out': async ({ session }) => {
      if (session) await sso.revoke(session)
      return { to: '/', visit: {} }
    },
  }
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = /(?:^|; )visit=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const visit = visits.get(id) ?? {}
    const url = request.url ?? '/'
    const route = routes[`${request.method} ${url.split('?')[0]}`]
    const own = request.method === 'GET' || request.headers['sec-fetch-site'] === 'same-origin'
    if (!route || !own) return send(response, page('Not found', '', 404))
    if (url === '/sign-out') visits.delete(id) // Also when UltraCart cannot be reached.
    const answer = await route(visit, url).catch((error: unknown) => {
      if (hasCode(error, 'ULTRACART_SSO_UNAUTHORIZED')) visits.delete(id) // The key is dead.
      return problem(error)
    })
    if (!('visit' in answer)) return send(response, answer)
    visits.delete(id) // A new id at each step: nobody can plant one.
    const next = randomUUID()
    visits.set(next, answer.visit)
    send(response, answer, `visit=${next}; HttpOnly; SameSite=Lax; Path=/`)
  }
}

type Answer = { to: string; visit: Visit } | { status: number; html: string }

function problem(error: unknown): Answer {
  const [code, message] =
    error instanceof CodedError ? [error.code, error.message] : ['UNKNOWN', '']
  return page('That did not work', `<p role="alert">${text(message)}</p><code>${code}</code>`, 400)
}

function send(response: ServerResponse, answer: Answer, cookie?: string): void {
  response.setHeaders(
    new Map([
      ['cache-control', 'no-store'],
      ['content-type', 'text/html; charset=utf-8'],
      ['referrer-policy', 'no-referrer'],
      ...(cookie ? [['set-cookie', cookie] as const] : []),
    ]),
  )
  if ('to' in answer) response.writeHead(303, { location: answer.to }).end()
  else response.writeHead(answer.status).end(answer.html)
}

function page(title: string, body: string, status = 200): Answer {
  const head = `<!doctype html><html lang="en"><title>Shop</title><h1>${title}</h1>`
  return { status, html: `${head}${body}<p><a href="/">Home</a></p>` }
}

const button = (action: string, label: string) =>
  `<form method="post" action="${action}"><button>${label}</button></form>`

const text = (value = '') =>
  value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
