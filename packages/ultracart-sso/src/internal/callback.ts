/**
 * The callback by which the browser comes back from the login page.
 *
 * The order is that of the project's protocol notes: where it goes, doubled parameters, state, the
 * login's end, `error`, `code`. Nothing is said, and nothing sent, about a callback with another state.
 */
import type { PlatformUrl } from '@isoauth/core-client'
import { type ErrorKind, newError, type UltraCartSsoError } from './errors.ts'
import { digestOf, isSameDigest, type UltraCartTransaction } from './login-transaction.ts'
import { parseSafeUrl } from './safe-url.ts'
import type { Settings } from './settings.ts'

declare const validated: unique symbol

/** A callback that was validated: it holds nothing that can be read, and is good for one exchange. */
export interface ValidatedCallback {
  /** Only `validateCallback` makes one. */
  readonly [validated]: true
}

/** What a validated callback stands for. */
export interface CallbackContent {
  readonly code: string
  readonly state: string
}

/** A word such as `access_denied` or `invalid_request`; other texts are not repeated. */
const REASON = /^[a-z_]{1,30}$/
const PARAMETER_LIMIT = 2048
const AGAIN = 'Start a new login.'

/**
 * Reads a callback URL (absolute, or path and query).
 * @throws {@link UltraCartSsoError} the codes of the callback, the state and the login's end
 */
export async function readCallback(
  callbackUrl: string | PlatformUrl,
  transaction: UltraCartTransaction,
  { redirectUri, now, isFirstUse }: Pick<Settings, 'redirectUri' | 'now'> & SingleUse,
): Promise<CallbackContent> {
  const url = parseSafeUrl(callbackUrl, redirectUri)
  if (!url?.search || pageOf(url) !== pageOf(redirectUri)) {
    throw invalid(
      'must be at redirectUri and have parameters: pass the URL as it came, or its path and query where a proxy changes the origin',
    )
  }
  separate(url, redirectUri)
  const state = readParameter(url, 'state')
  const error = readParameter(url, 'error')
  const code = readParameter(url, 'code')
  if (state === undefined) {
    const what = 'has no state: its query was cut, or it answers no login of this client'
    throw invalid(what, 'STATE_MISMATCH')
  }
  const digest = await digestOf(state)
  if (!isSameDigest(digest, transaction.stateDigest)) {
    const what =
      'does not belong to the login that is under way in this browser: another tab began a newer one, or the callback is of another browser'
    throw invalid(what, 'STATE_MISMATCH')
  }
  if (transaction.redirectUri !== redirectUri) throw redirectUriChanged()
  if (!isFirstUse(digest)) throw callbackUsed()
  if (now() >= transaction.expiresAtMs) throw loginExpired()
  if (error !== undefined) throw refused(error)
  if (code === undefined || /[\s\p{C}]/u.test(code)) {
    throw invalid('must have one code, without blanks')
  }
  return { code, state }
}

/** The error for a callback, or a code, that comes again. */
export function callbackUsed(): UltraCartSsoError {
  const message =
    'This callback was used before: the page was loaded again, or somebody else came with it.'
  return newError('CALLBACK_USED', `${message} ${AGAIN}`)
}

/** What was used once is known, within one process only. */
export interface SingleUse {
  /** Takes a name for the first time: true. Again: false. */
  isFirstUse(name: string): boolean
}

/** Makes a memory that forgets, past 10,000 names, the oldest. */
export function createSingleUse(): SingleUse {
  const used = new Set<string>()
  return {
    isFirstUse(name) {
      if (used.has(name)) return false
      const [oldest] = used
      if (used.size >= 10_000 && oldest !== undefined) used.delete(oldest)
      used.add(name)
      return true
    },
  }
}

/** Reads a parameter: it may be missing, but not doubled, empty or over-long. */
function readParameter({ searchParams }: URL, name: string): string | undefined {
  const [value, ...more] = searchParams.getAll(name)
  if (value === undefined) return undefined
  if (more.length > 0 || value === '' || value.length > PARAMETER_LIMIT) {
    throw invalid(`must have ${name} once, with 1 to ${PARAMETER_LIMIT} characters`)
  }
  return value
}

/**
 * How UltraCart joins its parameters to a redirectUri that has some of its own is not documented: where it does so by a second
 * question mark, that one counts as `&`.
 */
function separate(url: URL, redirectUri: string): void {
  const { search: own } = new URL(redirectUri)
  if (own && url.search.startsWith(`${own}?`)) {
    url.search = `${own}&${url.search.slice(own.length + 1)}`
  }
}

/** The URL without query and fragment. */
function pageOf(url: string | URL): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function invalid(what: string, kind: ErrorKind = 'CALLBACK_INVALID'): UltraCartSsoError {
  return newError(kind, `The callback ${what}. ${AGAIN}`)
}

function redirectUriChanged(): UltraCartSsoError {
  const message =
    'The login was begun with another redirectUri than this client has: the option changed meanwhile, or two applications keep their logins in one place.'
  return newError('STATE_MISMATCH', `${message} ${AGAIN}`)
}

function loginExpired(): UltraCartSsoError {
  const message = 'The login took longer than its ten minutes, or than the service allowed.'
  return newError('LOGIN_EXPIRED', `${message} ${AGAIN}`)
}

function refused(error: string): UltraCartSsoError {
  const reason = REASON.exec(error)?.[0]
  const says = reason === undefined ? '' : ` The callback says: ${reason}.`
  const message = `The person or UltraCart refused the login.${says} ${AGAIN}`
  return newError('CALLBACK_REFUSED', message, { reason })
}
