/**
 * The live session token request: the client's half of the Diffie-Hellman exchange, signed with a
 * base string that begins with the decrypted secret.
 */
import type { PlatformRequest } from '@isoauth/core-client'
import { refuse } from './internal/errors.ts'
import { type Exchange, makeKeyPair, prepareHandshake } from './internal/handshake.ts'
import { requireNonce, requireTimestamp } from './internal/protocol-parameters.ts'
import {
  type AccessTokenOptions,
  checkToken,
  type EndpointOptions,
  type SecretOptions,
} from './internal/settings.ts'

/** What {@link prepareLiveSessionTokenRequest} takes but for the secret. */
export interface LiveSessionTokenExchangeOptions extends AccessTokenOptions, EndpointOptions {
  /** 32 bytes of the secret exponent, for tests with known answers. Default: the platform's generator. */
  readonly random?: ((length: number) => Uint8Array) | undefined
  /** Letters and digits, used once. Default: 16 random bytes in hex. */
  readonly nonce?: string | undefined
  /** Whole seconds since 1970. Default: now. */
  readonly timestamp?: number | string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What {@link prepareLiveSessionTokenRequest} takes. */
export type LiveSessionTokenRequestOptions = LiveSessionTokenExchangeOptions & SecretOptions

/** What the answer is processed with; opaque, and prints nothing. */
export class PendingLiveSessionToken {
  readonly #kept: Exchange

  /** @internal */
  constructor(kept: Exchange) {
    this.#kept = kept
  }

  /** @internal */
  static valuesOf(pending: PendingLiveSessionToken): Exchange {
    const isOurs = typeof pending === 'object' && pending !== null && #kept in pending
    return isOurs ? pending.#kept : refuse('pending', 'what was prepared with the request')
  }
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedLiveSessionTokenRequest {
  readonly request: PlatformRequest
  readonly pending: PendingLiveSessionToken
}

/**
 * Prepares the request for a live session token. Nothing is sent.
 *
 * @returns the signed `POST` request, good for one use, and what
 *   `processLiveSessionTokenResponse` needs
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`, `IBKR_OAUTH1_SECRET_DECRYPTION_FAILED`
 *
 * @example
 * ```ts
 * const { request, pending } = await prepareLiveSessionTokenRequest(credentials)
 * const { token } = await processLiveSessionTokenResponse(await fetch(request), pending)
 * ```
 *
 * Source: the broker's pages "Retrieve Live Session Token Signature" and "Compute the Live Session
 * Token"; RFC 5849 section 3.4.
 */
export async function prepareLiveSessionTokenRequest(
  options: LiveSessionTokenRequestOptions,
): Promise<PreparedLiveSessionTokenRequest> {
  const settings = checkToken(options)
  const { nonce, timestamp, random } = options
  const { request, exchange } = await prepareHandshake(settings, () => {}, {
    keyPair: () => makeKeyPair(settings, random),
    nonce: nonce === undefined ? undefined : requireNonce(nonce),
    timestamp: timestamp === undefined ? undefined : requireTimestamp(timestamp),
  })
  return { request, pending: new PendingLiveSessionToken(exchange) }
}
