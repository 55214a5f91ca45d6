/**
 * One call of the broker's session endpoints: through the connection, with the cookies, within its time, its
 * answer read and judged.
 */
import {
  copyInit,
  describeFailedConnection,
  type FetchInit,
  isUnreadResponse,
  type PlatformAbortSignal,
  type PlatformResponse,
  type ReceivedAnswer,
  readAnswer,
  receiveAnswer,
  rejectedStatus,
  tellRejection,
  withDeadline,
  withoutContent,
} from '@isoauth/core-client'
import { CodedError } from '@isoauth/core-crypto'
import {
  type AskedRequest,
  type FetchInput,
  parseUrl,
  readAsked,
  signalOf,
} from './asked-request.ts'
import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import { type Kind, newError, refuse } from './errors.ts'
import { toldOf } from './failure.ts'
import type { Settings } from './settings.ts'

/** A call of this package's own. */
export interface BrokerCall {
  readonly method: 'GET' | 'POST'
  /** Below the connection's base. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: object | undefined
  /** True where a good answer without content is one too, as for a call that says nothing else. */
  readonly mayBeEmpty?: boolean | undefined
  readonly signal?: PlatformAbortSignal | undefined
}

/** The fields of an answer. */
export type Fields = Readonly<Record<string, unknown>>

const CONNECTION = 'an object whose fetch resolves to a Response, whatever its status'

/** The way to the broker. */
export interface Broker {
  /** Sends a caller's request as it is, with the cookies; an exception that may hold the request becomes `…_NETWORK`. */
  send(input: FetchInput, init: FetchInit | undefined): Promise<PlatformResponse>
  /**
   * Makes a call.
   *
   * @throws {@link IbkrSessionError} by the status; `…_NETWORK`, `…_TIMEOUT`, `…_RESPONSE_INVALID`;
   *   `…_OPTION_INVALID` about `connection`; coded errors of the connection and abort reasons unchanged
   */
  call(call: BrokerCall): Promise<Fields>
  /** The `Cookie` header of a socket: the pairs given, and what is kept of the host that it goes to. */
  cookiesFor(url: string, given: string): string
  /** Texts that must not be shown: cookies, and what {@link hide} was told. */
  secrets(): readonly string[]
  /** A text that must not be shown from now on: the session's id, in place of the one before. */
  hide(secret: string): void
}

/** Makes the way to the broker over a connection. */
export function createBroker(settings: Settings): Broker {
  const { connection, now, timeoutMs, keepsCookies } = settings
  const jar = keepsCookies ? createCookieJar(now) : undefined
  let hidden: readonly string[] = []
  const secrets = () => [...hidden, ...(jar?.values() ?? []).filter(isTelling)]
  /** Where the cookies came from, and so the only place they go to. */
  let origin: string | undefined

  async function send(input: FetchInput, init: RequestInit | undefined) {
    // Bare, as every fetch is called.
    const { fetch } = connection
    const asked = readAsked(input, init)
    const isHome = asked.origin === undefined || asked.origin === origin
    const headers = readHeaders(input, init)
    const outgoing = jar && isHome ? withCookies(jar, headers, init) : init
    let response: PlatformResponse
    try {
      response = await fetch(input, outgoing)
    } catch (error) {
      // What the caller aborted with is the caller's own, whatever it holds.
      signalOf(input, init)?.throwIfAborted()
      const status = rejectedStatus(error)
      if (status) {
        const message = `Option connection must be ${CONNECTION}.`
        throw newError('OPTION_INVALID', message, { option: 'connection', status })
      }
      // It may hold the request, with the cookies that were added to it.
      throw tellRejection(newError, error, secrets().join(' '))
    }
    if (!isUnreadResponse(response)) return refuse('connection', response, CONNECTION)
    if (jar && isOf(asked, response)) {
      origin ??= originOf(response.url)
      jar.keep(response)
    }
    return response
  }

  /** True where an answer is the broker's: to a path, or from where such answers come. */
  const isOf = (asked: AskedRequest, response: PlatformResponse) =>
    asked.origin === undefined || (origin !== undefined && originOf(response.url) === origin)

  async function receive({ method, path, body, signal }: BrokerCall): Promise<ReceivedAnswer> {
    const exchange = async (deadline: PlatformAbortSignal) => {
      const init: RequestInit = { method, signal: deadline }
      if (body !== undefined) {
        init.headers = { 'content-type': 'application/json' }
        init.body = JSON.stringify(body)
      }
      return await receiveAnswer(await send(path, init), {}, deadline)
    }
    try {
      return await withDeadline({ timeoutMs, signal, newError }, exchange)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof CodedError || hasCodeOfOurs(error)) throw error
      const cause = withoutContent(error)
      // The platform's own fetch in the place of a connection's.
      if (saysNoAddress(error)) {
        const form = `${CONNECTION}, and takes a path below the broker's base`
        const wrong = `Option connection must be ${form}, such as ${path}: its fetch says that this is no address, as that of the platform does.`
        throw newError('OPTION_INVALID', wrong, { option: 'connection', cause })
      }
      const message = `${method} ${path} got no answer. ${describeFailedConnection(cause)}`
      throw newError('NETWORK', message, { cause })
    }
  }

  return {
    send,
    cookiesFor(url, given) {
      const headers = new Headers({ cookie: given })
      if (origin !== undefined && parseUrl(origin)?.host === parseUrl(url)?.host)
        jar?.addTo(headers)
      return headers.get('cookie') ?? given
    },
    secrets,
    hide(secret) {
      hidden = [secret]
    },
    async call(call) {
      const answer = await receive(call)
      const { status, text } = answer
      if (call.mayBeEmpty && status >= 200 && status < 300 && text.trim() === '') return {}
      const { fields } = readAnswer(answer, {
        newError,
        now,
        secrets: secrets(),
        refusal: (kind, message, details) => {
          const [special, explained] = explain(answer, call) ?? [kind, message]
          return newError(special, explained, details)
        },
      })
      return fields
    },
  }
}

/** A value of a few characters, such as `true` or `1`, is no secret: it stands in half of all answers. */
export function isTelling(value: string): boolean {
  return value.length >= 8
}

/** True for the broker's «no bridge»: there is no brokerage session. */
export function saysNoBridge(status: number, text: string): boolean {
  return status === 400 && /no bridge/i.test(text)
}

/** The words for it in an answer with the status 200 and an `error`, as tickles were seen to be answered. */
function wordsOfNoSession(
  { status, text }: ReceivedAnswer,
  { path }: BrokerCall,
): string | undefined {
  // An opening that is refused so tells the words.
  if (status !== 200 || path.endsWith('/init')) return undefined
  return /no session|not authenticated/i.exec(text)?.[0]
}

/** What a refusal means that says more than its status. */
function explain(answer: ReceivedAnswer, call: BrokerCall): readonly [Kind, string] | undefined {
  const { status, text } = answer
  const { path } = call
  const said = saysNoBridge(status, text) ? 'no bridge' : wordsOfNoSession(answer, call)
  if (said !== undefined) {
    return [
      'NO_BRIDGE',
      `There is no brokerage session ("${said}" at ${path}): open one with open().`,
    ]
  }
  if (status === 404) {
    return [
      'REFUSED',
      `The service does not know ${path} (404): the base of the connection has to end in /v1/api, as that of a client of @isoauth/ibkr-oauth1 or a session of @isoauth/ibkr-sso does.`,
    ]
  }
  if (status === 410) {
    return [
      'GONE',
      `The broker answers 410 at ${path}: the sign-in behind the connection is stale, or a paper account is not set up yet. Sign in anew; if it stays, ask the broker.`,
    ]
  }
  if (status === 500 && /sso dh token/i.test(text)) {
    return [
      'NOT_ELIGIBLE',
      'The broker could not open a session ("failed to generate sso dh token"): the account is not entitled to the Web API, a new paper account is not ready yet, or publish was false. Ask the broker if it stays.',
    ]
  }
  return undefined
}

/** By the words of Node, Deno, Bun and Workers: not all give a code. */
function saysNoAddress(error: unknown): boolean {
  const { message } = Object(error) as { readonly message?: unknown }
  const words = /^(Invalid URL|Failed to parse URL|fetch\(\) URL is invalid)/
  return typeof message === 'string' && words.test(message)
}

/** Errors of a connection that has a copy of the error classes of its own. */
function hasCodeOfOurs(error: unknown): boolean {
  const { toJSON } = Object(error) as { readonly toJSON?: unknown }
  return toldOf(error).code !== undefined && typeof toJSON === 'function'
}

function withCookies(
  jar: CookieJar,
  headers: Headers,
  init: RequestInit | undefined,
): RequestInit | undefined {
  jar.addTo(headers)
  if (!headers.has('cookie')) return init
  return { ...copyInit(init ?? {}), headers }
}

/** The platform's refusal would quote what it refuses. */
function readHeaders(input: FetchInput, init: RequestInit | undefined): Headers {
  const given = init?.headers ?? (Object(input) as { readonly headers?: HeadersInit }).headers
  const refuseHeaders = () => {
    const form =
      'names and values that HTTP allows in a header: no blanks in names, no line breaks, Latin-1'
    return refuse('init.headers', given, form)
  }
  let headers: Headers
  try {
    headers = new Headers(given)
  } catch {
    return refuseHeaders()
  }
  // Workers take other characters too, and send them as UTF-8.
  for (const [, value] of headers) if (/[^\0-\xff]/.test(value)) refuseHeaders()
  return headers
}

function originOf(url: string): string | undefined {
  return parseUrl(url)?.origin
}
