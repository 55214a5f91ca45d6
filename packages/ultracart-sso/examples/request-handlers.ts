/**
 * Sign-in for anything that takes a `Request` and gives a `Response`: edge functions, Deno, Bun.
 *
 * The login under way is in a sealed cookie, which needs no store. It is not single-use by itself;
 * `hono.ts` shows the store that is. The person's session is kept by `sessions`, on the server.
 */
import {
  createUltraCartSso,
  type UltraCartSession,
  UltraCartSsoError,
} from '@isoauth/ultracart-sso'
import { createTransactionCookie } from '@isoauth/ultracart-sso/transaction'

/** What an application keeps of signed-in people, under random names. */
export interface Sessions {
  get(id: string): Promise<Pick<UltraCartSession, 'simpleKey'> | undefined>
  set(id: string, session: UltraCartSession): Promise<void>
  delete(id: string): Promise<void>
}

/** What the handler needs from its environment. */
export interface Settings {
  readonly simpleKey: string
  /** `https://shop.example/auth/return`: fixed, never taken from a request. */
  readonly redirectUri: string
  /** Made once: `crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])`. */
  readonly cookieKey: CryptoKey
  readonly sessions: Sessions
  readonly baseUrl?: string
  readonly fetch?: typeof fetch
}

const SESSION_COOKIE = '__Host-session'

export function createHandler(settings: Settings): (request: Request) => Promise<Response> {
  const { sessions, cookieKey, simpleKey, redirectUri, baseUrl, fetch } = settings
  const sso = createUltraCartSso({ simpleKey, redirectUri, baseUrl, fetch })
  const keeper = createTransactionCookie({ key: cookieKey })

  async function start(): Promise<Response> {
    const { loginUrl, transaction } = await sso.authorize()
    return redirect(loginUrl.href, await keeper.keep(transaction))
  }

  async function comeBack(request: Request): Promise<Response> {
    const transaction = await keeper.take(request.headers.get('cookie'))
    const { pathname, search } = new URL(request.url) // a proxy may have changed the origin
    const callback = await sso.validateCallback(pathname + search, { transaction })
    const session = await sso.exchangeCode(callback)
    const id = crypto.randomUUID() // a new name after each login
    await sessions.set(id, session)
    return redirect('/', keeper.clear, sessionCookie(id, 43_200))
  }

  async function showUser(id: string): Promise<Response> {
    const session = await sessions.get(id)
    if (session === undefined) return redirect('/auth/start')
    const user = await sso.user(session)
    return new Response(`Signed in as ${user.full_name ?? user.login}`)
  }

  async function signOut(id: string): Promise<Response> {
    const session = await sessions.get(id)
    await sessions.delete(id) // whatever comes of the revocation
    if (session !== undefined) await sso.revoke(session)
    return redirect('/', sessionCookie('', 0))
  }

  return async (request) => {
    const { pathname } = new URL(request.url)
    const id = cookieOf(request, SESSION_COOKIE)
    const route = `${request.method} ${pathname}`
    try {
      if (route === 'GET /auth/start') return await start()
      if (route === `GET ${new URL(redirectUri).pathname}`) return await comeBack(request)
      if (route === 'POST /auth/end') return await signOut(id)
      if (route === 'GET /') return await showUser(id)
      return new Response('Not found', { status: 404 })
    } catch (error) {
      if (!(error instanceof UltraCartSsoError)) throw error
      console.error(JSON.stringify(error)) // holds no key, code or state
      if (isSessionOver(error)) {
        await sessions.delete(id)
        return redirect('/auth/start')
      }
      const isTheirs = /_(CALLBACK|STATE|LOGIN)_/.test(error.code)
      const text = isTheirs ? 'The login did not complete.' : 'The login service failed.'
      return new Response(`${text} Start again at /auth/start`, {
        status: isTheirs ? 400 : 502,
        headers: { 'set-cookie': keeper.clear },
      })
    }
  }
}

/** The person's key is over: nothing failed where that was what they wanted. */
function isSessionOver({ code, operation }: UltraCartSsoError): boolean {
  return code === 'ULTRACART_SSO_UNAUTHORIZED' && (operation === 'user' || operation === 'revoke')
}

function redirect(location: string, ...cookies: readonly string[]): Response {
  const headers = new Headers({
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer', // the callback's URL holds the code
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}

function sessionCookie(id: string, maxAgeSeconds: number): string {
  return `${SESSION_COOKIE}=${id}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`
}

function cookieOf(request: Request, name: string): string {
  const pairs = (request.headers.get('cookie') ?? '').split('; ')
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}
