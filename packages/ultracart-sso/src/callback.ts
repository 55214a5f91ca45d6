/**
 * The callback by which the browser comes back from the login page.
 *
 * The order is that of the project's protocol notes: where it goes, doubled parameters, state, the
 * login's end, `error`, `code`. Nothing is said, and nothing sent, about a callback with another state.
 */
import type { ErrorDetails, PlatformUrl } from '@isoauth/core-client'
import type { UltraCartSsoError } from './errors.ts'
import type { Configuration } from './internal/configuration.ts'
import { again, raise } from './internal/raise.ts'
import { parseSafeUrl } from './internal/safe-url.ts'
import type { SingleUse } from './internal/single-use.ts'
import { digestOf, isSameDigest, type UltraCartTransaction } from './login-transaction.ts'

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

/**
 * Reads a callback URL (absolute, or path and query).
 * @throws {@link UltraCartSsoError} the codes of the callback, the state and the login's end
 */
export async function readCallback(
  callbackUrl: string | PlatformUrl,
  transaction: UltraCartTransaction,
  { redirectUri, now }: Pick<Configuration, 'redirectUri' | 'now'>,
  singleUse: SingleUse,
): Promise<CallbackContent> {
  const url = parseSafeUrl(callbackUrl, redirectUri)
  if (!url?.search || pageOf(url) !== pageOf(redirectUri)) {
    throw invalid('is not at redirectUri')
  }
  const [state = '', error, code] = ['state', 'error', 'code'].map((name) =>
    readParameter(url, name),
  )
  const { stateDigest, expiresAtMs } = transaction
  const digest = await digestOf(state)
  if (!isSameDigest(digest, stateDigest) || transaction.redirectUri !== redirectUri) {
    throw again('STATE_MISMATCH', 'is of another browser')
  }
  if (!singleUse(digest)) throw callbackUsed()
  if (now() >= expiresAtMs) throw loginExpired()
  if (error) {
    throw again('CALLBACK_REFUSED', 'was refused', { reason: REASON.exec(error)?.[0] })
  }
  if (!code || /[\s\p{C}]/u.test(code)) throw invalid('needs one code')
  return { code, state }
}

/** The error for a login whose time is over. */
export function loginExpired(facts?: ErrorDetails): UltraCartSsoError {
  return again('LOGIN_EXPIRED', 'is over', facts)
}

/** The error for a callback that comes again. */
export function callbackUsed(): UltraCartSsoError {
  return again('CALLBACK_USED', 'was used')
}

/** Reads a parameter: it may be missing, but not doubled, empty or over-long. */
function readParameter({ searchParams }: URL, name: string): string | undefined {
  const [value, ...more] = searchParams.getAll(name)
  if (more.length > 0 || !/^.{1,2048}$/s.test(value ?? '-')) {
    throw invalid(`needs one ${name}`)
  }
  return value
}

/** The URL without query and fragment. */
function pageOf(url: string | URL): string {
  return new URL('?', url).href
}

function invalid(what: string): UltraCartSsoError {
  return raise('CALLBACK_INVALID', `The callback ${what}.`)
}
