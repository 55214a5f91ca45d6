/**
 * One call of the service: what is sent, how often, and what is kept of the answer.
 *
 * The token call is sent once whatever happens, since its code may be spent. The others are repeated
 * after 429, 5xx and network failures, unless the service asks to wait longer than allowed.
 */
import {
  createEchoCheck,
  type NewError,
  type PlatformAbortSignal,
  parseJsonObject,
  parseRetryAfter,
  type ReceivedAnswer,
  type ResponseFacts,
  safeTraceId,
} from '@isoauth/core-client'
import { callService } from '@isoauth/core-client/transport'
import { newError, type UltraCartSsoOperation } from './errors.ts'
import type { Queue } from './queue.ts'
import type { Credential, Settings } from './settings.ts'

/** What is to be called. */
export interface Call {
  readonly operation: UltraCartSsoOperation
  /** The application's, or a session's. */
  readonly credential: Credential
  readonly body?: object | undefined
  /** What no error may show, beside the keys. */
  readonly secrets?: readonly string[]
  readonly signal?: PlatformAbortSignal | undefined
}

/** An answer, whatever its status; an error about it carries its facts. */
export interface Answer {
  readonly facts: ResponseFacts & { readonly operation: UltraCartSsoOperation }
  /** What the call was authorized with. */
  readonly credential: Credential
  readonly text: string
  /** The body, where it is a JSON object. */
  readonly fields: Fields | undefined
  /** The limit in bytes, where the body is larger than it. */
  readonly cutAtBytes: number | undefined
  /** The readable text of the headers. */
  readonly headerText: string
  readonly attempts: number
  readonly show: Show
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Makes a text of the service fit to be shown: at most 200 printable characters. Nothing where it is
 * empty or no text, or repeats a part of a key, of what was sent, or of a key in the answer.
 */
export type Show = (text: unknown) => string | undefined

/** What is said of a failed call at the end of its message: of a token call, what became of the code. */
export function codeFate(operation: UltraCartSsoOperation): string {
  return operation === 'token' ? ' The code may be spent. Start a new login.' : ''
}

const ENDPOINTS = {
  authorize: ['PUT', 'authorize'],
  token: ['PUT', 'token'],
  user: ['GET', 'session/user'],
  revoke: ['DELETE', 'session/revoke'],
} as const
/** A user comes with all groups and permissions and the logins of 90 days. */
const LIMIT_BYTES = 1_000_000
const SHOWN = 200

/** Makes the call and gives the answer of its last attempt. */
export async function send(settings: Settings, queue: Queue, call: Call): Promise<Answer> {
  const { operation, credential, signal } = call
  const { timeoutMs, fetch, now } = settings
  let isSent = false
  // A callback that was given once is not taken again, sent or not.
  const remedy = operation === 'token' ? 'Start a new login' : 'Try again later'
  const notSent = `The call was not sent within timeoutMs (${timeoutMs} ms): calls with one key go one after the other, and those before it took so long. ${remedy}, or allow more time.`
  const callError: NewError = (kind, message, details) => {
    const text = isSent || kind !== 'TIMEOUT' ? message + codeFate(operation) : notSent
    return newError(kind, text, { ...details, operation })
  }
  const received = await callService(
    {
      prepare: async () => requestOf(settings, call),
      // Half of the time leaves the other half for another attempt.
      repetition: operation === 'token' ? undefined : { ...REPETITION, attemptMs: timeoutMs / 2 },
      limitBytes: LIMIT_BYTES,
      // What revoke answers beside a 2xx has no meaning.
      isBodyNeeded: operation !== 'revoke',
    },
    {
      newError: callError,
      fetch,
      timeoutMs,
      signal,
      now,
      inTurn: (deadline, work) =>
        queue(credential.secret, deadline, () => {
          isSent = true
          return work()
        }),
    },
  )
  return answerOf(received, settings, call)
}

const REPETITION = {
  limit: 2,
  isRepeatedAfter: (status: number) => status === 429 || status >= 500,
}

function requestOf({ baseUrl }: Settings, { operation, credential, body }: Call): Request {
  const [method, path] = ENDPOINTS[operation]
  const headers = {
    accept: 'application/json',
    'x-ultracart-api-version': '2017-03-01',
    [credential.header]: credential.value,
  }
  const url = `${baseUrl}/sso/${path}`
  if (body === undefined) return new Request(url, { method, headers })
  return new Request(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(body),
  })
}

function answerOf(
  { status, statusText, headers, text, cutAtBytes, attempts }: ReceivedAnswer,
  settings: Settings,
  { operation, credential, secrets = [] }: Call,
): Answer {
  const fields = parseJsonObject(text)
  const keys = [settings.credential.secret, credential.secret, fields?.['simple_key']]
  const show = createShow([...keys, ...secrets])
  const traceId = show(safeTraceId(headers.get('x-ultracart-request-id')))
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), settings.now())
  const facts = { operation, status, traceId, retryAfterMs }
  const headerText = headers.get('uc-rest-error') ?? statusText
  return { facts, credential, text, fields, cutAtBytes, headerText, attempts, show }
}

function createShow(secrets: readonly unknown[]): Show {
  const isEcho = createEchoCheck(secrets)
  return (text) => {
    if (typeof text !== 'string') return undefined
    // The limit first: what comes after it is not even looked at.
    const shown = text
      .slice(0, 2 * SHOWN)
      .replace(/[\p{C}\s]+/gu, ' ')
      .trim()
      .slice(0, SHOWN)
    // No secret has blanks, and lines may be broken within one.
    if (shown === '' || isEcho(shown.replaceAll(' ', ''))) return undefined
    return shown
  }
}
