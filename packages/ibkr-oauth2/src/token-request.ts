/**
 * The token request: grant `client_credentials`, client authentication `private_key_jwt`
 * (RFC 6749 section 4.4, RFC 7523 section 2.2).
 */
import { type PlatformRequest, readText } from '@isoauth/core-client'
import { checkToken, readOptions, type TokenOptions } from './internal/settings.ts'
import { type Exchange, prepareExchange } from './internal/token-exchange.ts'

/** What {@link prepareTokenRequest} takes. */
export interface TokenRequestOptions extends TokenOptions {
  /** The assertion's `jti`, for tests with known answers. Default: as `includeJti` says. */
  readonly jti?: string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What the answer is processed with; opaque, and prints nothing. */
export class PendingToken {
  readonly #kept: Exchange

  /** @internal */
  constructor(kept: Exchange) {
    this.#kept = kept
  }

  /** @internal */
  static valuesOf(pending: PendingToken): Exchange {
    if (typeof pending === 'object' && pending !== null && #kept in pending) return pending.#kept
    return readOptions({ pending }).refuse('pending', 'what prepareTokenRequest gave')
  }
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedTokenRequest {
  readonly request: PlatformRequest
  readonly pending: PendingToken
}

/**
 * Prepares the request for an access token. Nothing is sent.
 *
 * @returns the `POST` request, good for one use, and what `processTokenResponse` needs
 * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_OPTION_INVALID`; what a signing function throws
 *
 * @example
 * ```ts
 * const { request, pending } = await prepareTokenRequest({ clientId, keyId, privateKey, scope })
 * const { value } = await processTokenResponse(await fetch(request), pending)
 * ```
 *
 * Source: RFC 6749 section 4.4.2, RFC 7523 section 2.2; the broker's Python sample for OAuth 2.0.
 */
export async function prepareTokenRequest(
  options: TokenRequestOptions,
): Promise<PreparedTokenRequest> {
  const settings = checkToken(options)
  const read = readOptions(options)
  const jti =
    read.value('jti') === undefined ? undefined : readText(read, 'jti', 'a text used once')
  const { request, exchange } = await prepareExchange(settings, { jti })
  return { request, pending: new PendingToken(exchange) }
}
