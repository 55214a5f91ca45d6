/**
 * One call of the service: its turn, its attempts, and the bounded reading of the answer, all under
 * one deadline.
 *
 * The token call is sent once whatever happens, since its code may be spent. The others are repeated
 * after 429, 5xx and network failures, unless the service asks to wait longer than allowed.
 */
import {
  abortable,
  anySignal,
  type PlatformAbortSignal,
  readText,
  safeTraceId,
  sendOnce,
  sendRetrying,
} from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { UltraCartSsoError, type UltraCartSsoOperation } from '../errors.ts'
import type { Configuration, Credential } from './configuration.ts'
import type { Queue } from './queue.ts'
import { raise as raiseAny } from './raise.ts'
import { type Clean, createClean } from './server-text.ts'

/** What is to be called. */
export interface Call {
  readonly operation: UltraCartSsoOperation
  /** Default: the application's. */
  readonly credential?: Credential
  readonly body?: object
  /** What no error may show, beside the keys. */
  readonly secrets?: readonly string[]
  readonly signal?: PlatformAbortSignal | undefined
}

/** An answer, whatever its status. */
export interface Answer {
  /** What an error about it carries. */
  readonly details: {
    readonly operation: UltraCartSsoOperation
    readonly status: number
    readonly traceId?: string | undefined
    readonly retryAfterMs?: number | undefined
  }
  /** Undefined: larger than is read. */
  readonly text: string | undefined
  /** The readable text of the headers. */
  readonly headerText: string | null
  readonly attempts: number
  readonly clean: Clean
}

const CALLS = {
  authorize: ['PUT', 'authorize'],
  token: ['PUT', 'token'],
  user: ['GET', 'session/user'],
  revoke: ['DELETE', 'session/revoke'],
} as const
const REPEATED = [429, 500, 502, 503, 504]
/** A user comes with all groups and permissions and the logins of 90 days. */
const LIMIT_BYTES = 1_048_576

/** Makes the call and gives the answer of its last attempt. */
export async function send(
  configuration: Configuration,
  queue: Queue,
  { operation, credential = configuration.credential, body, secrets = [], signal }: Call,
): Promise<Answer> {
  const { baseUrl, fetch, now, timeoutMs } = configuration
  const [method, path] = CALLS[operation]
  const isOnce = operation === 'token'
  const [header, key] = credential
  const clean = createClean([configuration.credential[1], key, ...secrets])
  const endsAt = Date.now() + timeoutMs
  const over = new AbortController()
  let endTurn: (() => void) | undefined
  let isLate = false
  let attempts = 0
  let answer: Answer | undefined

  const raise: typeof raiseAny = (kind, message, details) =>
    raiseAny(kind, isOnce ? `${message} The code may be spent: start a new login.` : message, {
      ...details,
      operation,
    })

  const prepare = async () =>
    new Request(`${baseUrl}/sso/${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'x-ultracart-api-version': '2017-03-01',
        [header]: key,
        ...(body && { 'content-type': 'application/json; charset=UTF-8' }),
      },
      redirect: 'manual',
      ...(body && { body: JSON.stringify(body) }),
    })

  /** Answers with status and wait alone; what was read is in `answer`. */
  const attempt = async (request: unknown): Promise<Response> => {
    endTurn ??= await queue(key, over.signal)
    if (over.signal.aborted) endTurn()
    over.signal.throwIfAborted()
    attempts++
    isLate = false
    const late = new AbortController()
    const timer = setTimeout(
      () => {
        isLate = true
        late.abort()
      },
      // Half of the time for one attempt leaves the other half for another.
      isOnce ? timeoutMs : timeoutMs / 2,
    )
    const ending = anySignal([over.signal, late.signal])
    try {
      const fetchNow = fetch ?? globalThis.fetch
      const sent = fetchNow(request as Request, { signal: ending })
      const response = (await abortable(sent, ending)) as Response
      const { status, headers, ok } = response
      // The transport refuses redirects, unread.
      if ((!ok && status < 400) || response.redirected) return response
      const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now())
      const traceId = clean(safeTraceId(headers.get('x-ultracart-request-id')))
      const details = { operation, status, traceId, retryAfterMs }
      const reading = readText(raise, response, details, LIMIT_BYTES)
      const text = await abortable(reading, ending).catch((error) => {
        if (over.signal.aborted) throw error
        // A status other than 2xx says it all, and what revoke answers beside a 2xx has no meaning.
        if (!ok || operation === 'revoke') return ''
        if (error instanceof UltraCartSsoError) return undefined
        throw error
      })
      const headerText = headers.get('uc-rest-error') ?? response.statusText
      answer = { details, text, headerText, attempts, clean }
      return new Response(null, { status, headers: waitHeader(retryAfterMs, endsAt - Date.now()) })
    } catch (error) {
      // Its code alone: a `fetch` may put the request itself into its exception.
      const { cause, code = cause?.code } = Object(error)
      throw new Error(clean(/^[A-Z_a-z]{3,50}$/.test(code) && code) ?? 'network failure')
    } finally {
      clearTimeout(timer)
    }
  }

  const options = { raise, fetch: attempt as typeof globalThis.fetch, timeoutMs, signal, now }
  const retries = { limit: 2, statuses: REPEATED, maxRetryAfterMs: timeoutMs }
  const read = async () => answer as Answer
  try {
    return await (isOnce
      ? sendOnce(await prepare(), options, read)
      : sendRetrying(prepare, { ...options, retries }, read))
  } catch (error) {
    // To the transport, an attempt that took too long is a failure of the network.
    throw isLate && hasCode(error, 'ULTRACART_SSO_NETWORK')
      ? raise('TIMEOUT', 'No answer in time (option timeoutMs).')
      : error
  } finally {
    over.abort()
    endTurn?.()
  }
}

/**
 * Reads `Retry-After` (RFC 9110 section 10.2.3): whole seconds or an HTTP date, in milliseconds.
 * `Date.parse` alone would take `-5` for a date.
 */
function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  const text = value ?? ''
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(/ GMT$/.test(text) ? text : '') - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}

/** What the transport shall wait; a wait that is too long becomes one that it never begins. */
function waitHeader(waitMs: number | undefined, mayWaitMs: number): Record<string, string> {
  if (waitMs === undefined) return {}
  return { 'retry-after': `${waitMs > mayWaitMs ? 999_999_999 : Math.ceil(waitMs / 1000)}` }
}
