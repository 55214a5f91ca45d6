/**
 * The signer of protected requests: HMAC-SHA256 keyed with the live session token. Synchronous, with
 * everything that does not change from request to request prepared once.
 */
import { quotable } from './authorization-header.ts'
import { type QuerySigning, readQuerySigning, upperMethod } from './base-string.ts'
import { baseStringUri } from './base-string-uri.ts'
import { createHmacSigner } from './internal/hmac-signer.ts'
import { refuse } from './internal/raise.ts'
import { createNonceSource } from './nonce.ts'

/** What a signer needs to know of a session. */
export interface RequestSignerOptions {
  readonly consumerKey: string
  readonly accessToken: string
  /** The live session token: 20 bytes. */
  readonly liveSessionToken: Uint8Array
  /** Default: `limited_poa`. */
  readonly realm?: string | undefined
  /** Default: `omit`. */
  readonly querySigning?: QuerySigning | undefined
  /** Milliseconds since 1970, for the timestamp. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Signs requests of one session. */
export interface RequestSigner {
  /**
   * Gives the `Authorization` header's value for one request.
   *
   * @param request.nonce - letters and digits, used once. Default: 16 random bytes in hex
   * @param request.timestamp - whole seconds since 1970, ten digits. Default: now
   * @param request.formBody - an `application/x-www-form-urlencoded` body, signed under `wire`
   * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
   */
  sign(request: {
    readonly method: string
    readonly url: string | { readonly href: string }
    readonly nonce?: string | undefined
    readonly timestamp?: number | string | undefined
    readonly formBody?: string | undefined
  }): string
}

/**
 * Makes a signer for protected requests.
 *
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 *
 * @example
 * ```ts
 * const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken })
 * const authorization = signer.sign({ method: 'POST', url: 'https://api.ibkr.com/v1/api/tickle' })
 * ```
 *
 * Source: RFC 5849 sections 3.4 and 3.5; the broker's page "Standard Structure for Authenticated
 * Requests".
 */
export function createRequestSigner(options: RequestSignerOptions): RequestSigner {
  const { consumerKey, accessToken, liveSessionToken, realm = 'limited_poa' } = options
  const { now = Date.now } = options
  requireText('consumerKey', consumerKey)
  requireText('accessToken', accessToken)
  if (!(liveSessionToken instanceof Uint8Array) || liveSessionToken.length !== 20) {
    refuse('liveSessionToken', 'a Uint8Array of 20 bytes (decode the base64 text first)')
  }
  const querySigning = readQuerySigning(options.querySigning)
  const checked = { consumerKey, accessToken, realm: quotable(realm), querySigning }
  const sign = createHmacSigner(checked, liveSessionToken)
  const nextNonce = createNonceSource()

  return {
    sign({ method, url, nonce = nextNonce(), timestamp = Math.floor(now() / 1000), formBody }) {
      const time = requireTimestamp(timestamp)
      requireNonce(nonce)
      const { uri, query } = baseStringUri(url)
      return sign(upperMethod(method), uri, query, formBody, nonce, time)
    },
  }
}

/** Checks a nonce: letters and digits. */
export function requireNonce(nonce: string): string {
  if (typeof nonce !== 'string' || !/^[a-z0-9]+$/i.test(nonce)) {
    refuse('nonce', 'letters and digits, fresh for each request')
  }
  return nonce
}

/** Checks a timestamp: whole seconds since 1970, ten digits. */
export function requireTimestamp(timestamp: number | string): string {
  const text = String(timestamp)
  if (!/^\d{10}$/.test(text)) {
    refuse('timestamp', 'whole seconds since 1970 (ten digits, no milliseconds)')
  }
  return text
}

function requireText(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(option, 'a non-empty string')
}
