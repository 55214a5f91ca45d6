/**
 * What an answer means: its fields, or the error it deserves.
 *
 * Source: UltraCart REST API v2, statuses 400, 401, 410, 429 and 500 of `SsoApi`; the others are
 * not documented there.
 */
import { causeOnTheWay, describeBody } from '@isoauth/core-client'
import { type Answer, codeFate, type Fields } from './call.ts'
import { type ErrorKind, newError, type UltraCartSsoError } from './errors.ts'
import { parseSafeUrl } from './safe-url.ts'
import type { Credential, Settings } from './settings.ts'

/**
 * Reads an answer that should be a JSON object without an error in it.
 * @throws {@link UltraCartSsoError} for anything else
 */
export function readFields(answer: Answer): Fields {
  const fields = refuseFailure(answer)
  if (answer.cutAtBytes) throw malformed(answer, `have at most ${answer.cutAtBytes} bytes`)
  if (fields === undefined) {
    throw malformed(answer, `be a JSON object; it is ${describeBody(answer.text)}`)
  }
  return fields
}

/**
 * Throws what a failure deserves: another status than 2xx, or an error inside of a 2xx.
 * @returns the fields, where the body is an object
 */
export function refuseFailure(answer: Answer): Fields | undefined {
  const { fields } = answer
  const { status } = answer.facts
  const error = fields?.['error']
  if (status >= 200 && status < 300 && !error && fields?.['success'] !== false) return fields
  if (status < 200) throw malformed(answer, `have a final status, and has ${status}: check fetch`)
  throw refusal(answer)
}

/**
 * Refuses an answer to `revoke` that is a page: somebody else's, and the session may live on.
 * @throws {@link UltraCartSsoError} `ULTRACART_SSO_RESPONSE_INVALID`
 */
export function refusePage(answer: Answer): void {
  if (/^\s{0,99}</.test(answer.text)) throw malformed(answer, 'not be HTML: check baseUrl')
}

/**
 * The page where the person signs in, checked before any browser is sent there: https, on a host that
 * is known; http is for the host of the base URL alone.
 * @throws {@link UltraCartSsoError} `ULTRACART_SSO_URL_REFUSED`, `ULTRACART_SSO_RESPONSE_INVALID`
 */
export function readLoginUrl(
  answer: Answer,
  value: unknown,
  { baseHost, loginHosts }: Settings,
): URL {
  if (typeof value !== 'string' || value === '') throw malformed(answer, 'have a login_url')
  const url = parseSafeUrl(value)
  if (url?.host === baseHost) return url
  if (url?.protocol === 'https:' && loginHosts.includes(url.host)) return url
  const host = answer.show(url?.host)
  const where =
    host === undefined ? '' : ` It is on ${host}. Add that host only if it is UltraCart's.`
  const message = `The login page must be https and on baseUrl's host or one of loginHosts.${where}`
  throw newError('URL_REFUSED', message, answer.facts)
}

/**
 * Reads the vendor's date-times, ISO 8601 with an offset, such as `2025-05-28T09:38:04-04:00`; the colon of the offset
 * may be left out.
 * @returns milliseconds since 1970; undefined for anything without an offset, or that is no date-time
 */
export function parseDateTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(value)) {
    return undefined
  }
  // Not every platform reads an offset without its colon.
  const timeMs = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** The error for an answer that lacks what is needed: «The answer should …». */
export function malformed({ facts }: Answer, what: string): UltraCartSsoError {
  const message = `The answer should ${what}.${codeFate(facts.operation)}`
  return newError('RESPONSE_INVALID', message, facts)
}

function refusal({ facts, credential, fields, headerText, show }: Answer): UltraCartSsoError {
  const { status, operation } = facts
  const kind = KINDS[status] ?? (status < 500 ? 'REFUSED' : 'UNAVAILABLE')
  const { developer_message: forUs, user_message: forPerson } = (fields?.['error'] ?? {}) as Fields
  const text = show(forUs) ?? show(fields?.['error']) ?? show(headerText)
  const says = text === undefined ? '' : ` UltraCart says: ${text}`
  const remedy = remedyOf(kind, facts, credential.option) + codeFate(operation)
  return newError(kind, `${MEANINGS[kind]} (${status}). ${remedy}${says}`, {
    ...facts,
    userMessage: show(forPerson),
  })
}

type RefusalKind = Extract<
  ErrorKind,
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'APPLICATION_DISABLED'
  | 'RATE_LIMITED'
  | 'REFUSED'
  | 'UNAVAILABLE'
>

const KINDS: Readonly<Record<number, RefusalKind>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  410: 'APPLICATION_DISABLED',
  429: 'RATE_LIMITED',
}

const MEANINGS: Readonly<Record<RefusalKind, string>> = {
  BAD_REQUEST: 'UltraCart takes the request for wrong',
  UNAUTHORIZED: 'UltraCart does not accept the key',
  FORBIDDEN: 'UltraCart does not allow the call',
  APPLICATION_DISABLED: 'UltraCart has disabled the application',
  RATE_LIMITED: "UltraCart's limit of requests is reached",
  REFUSED: 'UltraCart refused the request',
  UNAVAILABLE: 'UltraCart could not answer',
}

const BAD_REQUESTS: Readonly<Record<string, string>> = {
  authorize: 'Check redirectUri: it should be the registered one, letter by letter.',
  token: 'Most likely the code was used before, is unknown or is over.',
}

const KEYS: Readonly<Record<Credential['option'], string>> = {
  simpleKey: 'Check simpleKey: copy it whole from Authorized Applications.',
  accessToken: 'Check accessToken: it may be over, and that one is taken here is not documented.',
  session: 'Most likely the session is over or was revoked: start a new login.',
}

function remedyOf(
  kind: RefusalKind,
  { status, operation, retryAfterMs }: Answer['facts'],
  option: Credential['option'],
): string {
  if (kind === 'BAD_REQUEST') return BAD_REQUESTS[operation] ?? 'Check the session.'
  if (kind === 'UNAUTHORIZED') return KEYS[option]
  if (kind === 'FORBIDDEN') {
    return "Most likely the application's key lacks the permission sso_write: give it that under Authorized Applications."
  }
  if (kind === 'APPLICATION_DISABLED') return "Ask UltraCart's support."
  const cause = causeOnTheWay(status)
  if (cause !== undefined) return `The likely cause: ${cause}.`
  if (kind === 'UNAVAILABLE') return 'It is busy or out of order: try again later.'
  if (kind === 'REFUSED' && status < 300) {
    return 'The error came inside of an answer that succeeds by its status: check the key and its permissions.'
  }
  if (kind === 'REFUSED') return 'Check baseUrl, which ends in /rest/v2.'
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1000)
  const wait = seconds > 1 ? `${seconds} seconds` : seconds === 1 ? 'a second' : 'a while'
  return `Wait ${wait} before the next call.`
}
