/**
 * One call of the service: its turn, its attempts, and the bounded reading of the answer, all under
 * one deadline.
 *
 * The token call is sent once whatever happens, since its code may be spent. The others are repeated
 * after 429, 5xx and network failures, unless the service asks to wait longer than allowed.
 */
import {
  type PlatformAbortSignal,
  type PlatformRequest,
  parseRetryAfter,
  type ResponseFacts,
  readText,
  refuseRedirect,
  safeTraceId,
  withDeadline,
} from '@isoauth/core-client'
import { sendRetrying } from '@isoauth/core-client/retrying-transport'
import { CodedError } from '@isoauth/core-crypto'
import type { UltraCartSsoOperation } from '../errors.ts'
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

/** An answer, whatever its status; an error about it carries its facts. */
export interface Answer extends ResponseFacts {
  readonly operation: UltraCartSsoOperation
  readonly text: string
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
/** A user comes with all groups and permissions and the logins of 90 days. */
const LIMIT_BYTES = 1_000_000

/** Makes the call and gives the answer of its last attempt. */
export function send(
  configuration: Configuration,
  queue: Queue,
  { operation, credential = configuration.credential, body, secrets = [], signal }: Call,
): Promise<Answer> {
  const { baseUrl, fetch, now, timeoutMs } = configuration
  const [method, path] = CALLS[operation]
  const isOnce = operation === 'token'
  const [header, key] = credential
  const clean = createClean([configuration.credential[1], key, ...secrets])
  const endsAtMs = Date.now() + timeoutMs
  let attempts = 0

  const raise: typeof raiseAny = (kind, message, details) =>
    raiseAny(kind, isOnce ? `${message} The code may be spent. Start a new login.` : message, {
      ...details,
      operation,
    })

  const attempt = async (request: PlatformRequest): Promise<Answer> => {
    attempts++
    try {
      const response = refuseRedirect(raise, await (fetch ?? globalThis.fetch)(request))
      const { status, headers, ok } = response
      const traceId = clean(safeTraceId(headers.get('x-ultracart-request-id')))
      const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now())
      const facts = { operation, status, traceId, retryAfterMs }
      const text = await readText(raise, response, facts, LIMIT_BYTES).catch((error) => {
        // A status other than 2xx says it all, and what revoke answers beside a 2xx has no meaning.
        if (!ok || operation === 'revoke') return ''
        throw error
      })
      const headerText = headers.get('uc-rest-error') ?? response.statusText
      return { ...facts, text, headerText, attempts, clean }
    } catch (error) {
      if (error instanceof CodedError) throw error
      // Its code alone: a `fetch` may put the request itself into its exception.
      const { cause, code = cause?.code } = Object(error)
      throw new Error(clean(code))
    }
  }

  const request = {
    method,
    headers: {
      accept: 'application/json',
      'x-ultracart-api-version': '2017-03-01',
      [header]: key,
      ...(body && { 'content-type': 'application/json; charset=UTF-8' }),
    },
    json: body,
  }
  return withDeadline({ raise, timeoutMs, signal }, (deadline) => {
    const rules = {
      raise,
      signal: deadline,
      endsAtMs,
      // The code may be spent by the first. Half of the time leaves the other half for another attempt.
      limit: isOnce ? 0 : 2,
      attemptMs: timeoutMs / (isOnce ? 1 : 2),
    }
    return queue(key, deadline, () =>
      sendRetrying(`${baseUrl}/sso/${path}`, request, rules, attempt),
    )
  })
}
