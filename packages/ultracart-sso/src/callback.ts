/**
 * The callback by which the browser comes back from the login page.
 *
 * The order is that of the project's protocol notes: where it goes, doubled parameters, state, the
 * login's end, `error`, `code`. Nothing is said, and nothing sent, about a callback with another state.
 */
import type { PlatformUrl } from '@isoauth/core-client'
import type { UltraCartSsoError } from './errors.ts'
import type { Configuration } from './internal/configuration.ts'
import { raise } from './internal/raise.ts'
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

/** What the vendor's samples name; anything else that a callback calls its error is not repeated. */
const REASONS = /^(access_denied|invalid_request)$/
const AGAIN = 'Start a new login.'

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
  const { state = '', error, code } = readQuery(callbackUrl, redirectUri)
  const { stateDigest, expiresAtMs } = transaction
  const digest = await digestOf(state)
  if (!isSameDigest(digest, stateDigest) || transaction.redirectUri !== redirectUri) {
    throw raise('STATE_MISMATCH', `The callback is not of this browser's login. ${AGAIN}`)
  }
  if (!singleUse(digest, expiresAtMs)) throw callbackUsed()
  if (now() >= expiresAtMs) throw raise('LOGIN_EXPIRED', `The login took too long. ${AGAIN}`)
  if (error !== undefined) {
    throw raise('CALLBACK_REFUSED', `The person or the service refused the login. ${AGAIN}`, {
      reason: REASONS.exec(error)?.[0],
    })
  }
  if (code === undefined || /[\s\p{C}]/u.test(code)) throw invalid('has no code')
  return { code, state }
}

/** The error for a callback that comes again. */
export function callbackUsed(): UltraCartSsoError {
  return raise('CALLBACK_USED', `The callback came before. ${AGAIN}`)
}

function readQuery(
  callbackUrl: unknown,
  redirectUri: string,
): { readonly [name: string]: string | undefined } {
  const text = Object(callbackUrl).href ?? callbackUrl
  const expected = new URL(redirectUri)
  const url = parseSafeUrl(text, redirectUri)
  if (
    typeof text !== 'string' ||
    !text ||
    url?.origin !== expected.origin ||
    url.pathname !== expected.pathname
  ) {
    throw invalid('is not at redirectUri; behind a proxy, pass path and query')
  }
  return Object.fromEntries(
    ['state', 'error', 'code'].map((name) => {
      const values = url.searchParams.getAll(name)
      const [value] = values
      if (values.length > 1 || value === '' || (value ?? '').length > 2048) {
        throw invalid(`has ${name} twice, empty or too long`)
      }
      return [name, value]
    }),
  )
}

function invalid(what: string): UltraCartSsoError {
  return raise('CALLBACK_INVALID', `The callback ${what}.`)
}
