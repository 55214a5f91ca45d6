/**
 * The edge as one function from `Request` to `Response`: the page, the person's session, and the
 * broker's API for whoever has one.
 */
import {
  createIbkrOAuth1,
  type IbkrOAuth1Event,
  type IbkrOAuth1Options,
} from '@isoauth/ibkr-oauth1'
import { jsonAnswer, refusalAnswer } from './answers.ts'
import { EdgeError, refusal } from './errors.ts'
import { type Page, servePage } from './page.ts'
import { requireHost, requireSameOrigin } from './same-origin.ts'
import { createDevelopmentCodeCheck } from './session/development-code.ts'
import { type CheckPerson, createIdentityTokenCheck } from './session/identity-token.ts'
import { createSessionCookie } from './session/session-cookie.ts'
import type { EdgeSettings } from './settings.ts'
import { type AllowedCall, chooseCall, READING_CALLS } from './upstream/allowed-calls.ts'
import { forward } from './upstream/forward.ts'
import { requireSafeUpstream } from './upstream/safe-upstream.ts'

export interface HandlerOptions {
  readonly page: Page
  /** What the page may ask of the broker. Default: {@link READING_CALLS}. */
  readonly calls?: readonly AllowedCall[] | undefined
  /** Where many isolates share one live session token. Default: each process has its own. */
  readonly sharing?: Pick<IbkrOAuth1Options, 'store' | 'storeKey' | 'lock'> | undefined
  /** Waited for before each call that needs a brokerage session. Default: nobody keeps one. */
  readonly keepSession?: (() => Promise<void>) | undefined
  /** Told of renewals, repairs and failures; nothing in it is secret. */
  readonly log?: ((entry: EdgeLogEntry) => void) | undefined
  /** For requests to the broker and for the identity keys. Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What is told to `log`. */
export type EdgeLogEntry =
  | IbkrOAuth1Event
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'failed'; readonly name: string }

export type Handler = (request: Request) => Promise<Response>

const API = '/api'

/**
 * Makes the handler. Nothing is sent before its first request.
 *
 * @throws EdgeError `EDGE_UPSTREAM_REFUSED` where the upstream is not loopback and no identity token
 *   is checked; IbkrOAuth1Error `IBKR_OAUTH1_OPTION_INVALID`
 */
export function createHandler(settings: EdgeSettings, options: HandlerOptions): Handler {
  requireSafeUpstream(settings)
  const { origin, signIn } = settings
  const { page, calls = READING_CALLS, sharing, keepSession } = options
  const { log = () => {}, fetch, now = Date.now } = options
  const isolate = createIsolateName()
  let handshakes = 0
  const onEvent = (event: IbkrOAuth1Event) => {
    if (event.type === 'handshake' && event.step === 'token-verified') handshakes++
    log(event)
  }
  const ibkr = createIbkrOAuth1({ ...settings.ibkr, ...sharing, onEvent, fetch, now } as never)
  const cookie = createSessionCookie({ keys: settings.cookieKeys, origin, now })
  const checkPerson: CheckPerson =
    signIn.kind === 'development'
      ? createDevelopmentCodeCheck(signIn)
      : createIdentityTokenCheck(signIn, { fetch, now })

  async function answer(request: Request): Promise<Response> {
    requireHost(request, origin)
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/session') {
      requireSameOrigin(request, origin)
      return answerSession(request)
    }
    if (pathname.startsWith(`${API}/`)) {
      requireSameOrigin(request, origin)
      await cookie.read(request)
      const path = pathname.slice(API.length)
      const chosen = chooseCall(calls, request.method, path, searchParams)
      if (path.startsWith('/iserver/')) await keepSession?.()
      return forward(ibkr, chosen, { request, count: () => ({ isolate: isolate(), handshakes }) })
    }
    const file = servePage(page, pathname)
    if (file === undefined) throw refusal('EDGE_NOT_FOUND', 404, 'There is nothing here.')
    if (request.method === 'GET' || request.method === 'HEAD') return file
    throw refusal('EDGE_METHOD_REFUSED', 405, 'This method is not served here.')
  }

  async function answerSession(request: Request): Promise<Response> {
    switch (request.method) {
      case 'GET': {
        const session = await cookie.read(request).catch(() => undefined)
        return jsonAnswer({ signIn: signIn.kind, session: session ?? null })
      }
      case 'POST': {
        const { setCookie, session } = await cookie.issue(await checkPerson(request))
        return jsonAnswer({ signIn: signIn.kind, session }, 200, { 'set-cookie': setCookie })
      }
      case 'DELETE':
        return jsonAnswer({ signIn: signIn.kind, session: null }, 200, {
          'set-cookie': cookie.clear,
        })
    }
    throw refusal('EDGE_METHOD_REFUSED', 405, 'This method is not served here.')
  }

  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof EdgeError) {
        log({ type: 'refused', code: error.code, message: error.message })
        return refusalAnswer(error)
      }
      if (request.signal.aborted) return new Response(null, { status: 499 })
      // An exception of a platform may quote its input.
      log({ type: 'failed', name: error instanceof Error ? error.name : 'unknown' })
      return refusalAnswer(refusal('EDGE_INTERNAL', 500, 'The edge failed: see its log.'))
    }
  }
}

/** A name for this isolate, drawn at the first request: a Worker may draw nothing before it. */
function createIsolateName(): () => string {
  let name: string | undefined
  return () => {
    name ??= crypto.randomUUID().slice(0, 8)
    return name
  }
}
