/**
 * The signer of protected requests: HMAC-SHA256 keyed with the live session token. Synchronous, with
 * everything that does not change from request to request prepared once.
 */
import { isBytes } from '@isoauth/core-crypto'
import { requireRealm } from './internal/authorization-header.ts'
import {
  type QuerySigning,
  readQuerySigning,
  requireFormBody,
  requireUrlText,
  upperMethod,
} from './internal/base-string.ts'
import { refuse, requireOptions, requireText } from './internal/errors.ts'
import { createHmacSigner } from './internal/hmac-signer.ts'
import {
  createNonceSource,
  requireNonce,
  requireTimestamp,
} from './internal/protocol-parameters.ts'

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

const NOW_FORM = 'a function like Date.now'

/** Signs requests of one session. */
export interface RequestSigner {
  /**
   * Gives the `Authorization` header's value for one request.
   *
   * @param request.url - absolute; signed as `fetch` sends it (`/a/../b` as `/b`, a blank as `%20`)
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
  const given = requireOptions(options)
  const {
    consumerKey,
    accessToken,
    liveSessionToken,
    realm = 'limited_poa',
    now = Date.now,
  } = given
  if (typeof now !== 'function') refuse('now', NOW_FORM)
  requireText(consumerKey, 'consumerKey')
  requireText(accessToken, 'accessToken')
  if (!isBytes(liveSessionToken) || liveSessionToken.length !== 20) {
    refuse('liveSessionToken', 'a Uint8Array of 20 bytes (decode the base64 text first)')
  }
  const querySigning = readQuerySigning(given.querySigning)
  const checked = { consumerKey, accessToken, realm: requireRealm(realm), querySigning }
  const sign = createHmacSigner(checked, liveSessionToken)
  const nextNonce = createNonceSource()

  return {
    sign(request) {
      const given = requireOptions(request, 'request')
      const { method, url, nonce, formBody, timestamp } = given
      return sign({
        method: upperMethod(method),
        url: requireUrlText(url),
        formBody: requireFormBody(formBody),
        timestamp:
          timestamp === undefined
            ? requireTimestamp(Math.floor(now() / 1000), 'now', NOW_FORM)
            : requireTimestamp(timestamp),
        nonce: nonce === undefined ? nextNonce() : requireNonce(nonce),
      })
    },
  }
}
