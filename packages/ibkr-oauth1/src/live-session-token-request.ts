/**
 * The live session token request: the client's half of the Diffie-Hellman exchange, signed with a
 * base string that begins with the decrypted secret.
 */

import type { PlatformRequest } from '@isoauth/core-client'
import { type Bytes, bytesToHex, generateDhKeyPair } from '@isoauth/core-crypto'
import { aboutOption } from './internal/about-option.ts'
import {
  type CredentialOptions,
  checkTokenSession,
  type TokenSession,
} from './internal/credentials.ts'
import { refuse } from './internal/raise.ts'
import { rsaSignedRequest } from './internal/rsa-signed-request.ts'
import type { EndpointOptions } from './internal/session.ts'
import { requireNonce, requireTimestamp } from './request-signer.ts'

/** What {@link prepareLiveSessionTokenRequest} takes. */
export type LiveSessionTokenRequestOptions = CredentialOptions &
  EndpointOptions & {
    /** 32 bytes of the secret exponent, for tests with known answers. Default: the platform's generator. */
    readonly random?: ((length: number) => Uint8Array) | undefined
    /** Letters and digits, used once. Default: 16 random bytes in hex. */
    readonly nonce?: string | undefined
    /** Whole seconds since 1970. Default: now. */
    readonly timestamp?: number | string | undefined
    /** Milliseconds since 1970. Default: `Date.now`. */
    readonly now?: (() => number) | undefined
  }

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

/** @internal */
export interface Exchange {
  readonly session: TokenSession
  readonly privateKey: bigint
  readonly secret: Bytes
  /** The server's time as the signer believed it, in milliseconds since 1970. */
  readonly signedAtMs: number
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedLiveSessionTokenRequest {
  readonly request: PlatformRequest
  readonly pending: PendingLiveSessionToken
}

/** A step of the handshake that was done, told with its time. */
export type HandshakeStep =
  | 'secret-decrypted'
  | 'challenge-computed'
  | 'request-signed'
  | 'answer-received'
  | 'shared-secret-computed'
  | 'token-verified'

/** @internal */
export type OnStep = (step: HandshakeStep) => void

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
  const session = checkTokenSession(options)
  const { nonce, timestamp, random } = options
  const { request, exchange } = await prepareHandshake(session, () => {}, {
    random,
    nonce: nonce === undefined ? undefined : requireNonce(nonce),
    timestamp: timestamp === undefined ? undefined : requireTimestamp(timestamp),
  })
  return { request, pending: new PendingLiveSessionToken(exchange) }
}

/** @internal */
export async function prepareHandshake(
  session: TokenSession,
  onStep: OnStep,
  choices: {
    readonly random?: ((length: number) => Uint8Array) | undefined
    readonly nonce?: string | undefined
    readonly timestamp?: string | undefined
  } = {},
): Promise<{ readonly request: PlatformRequest; readonly exchange: Exchange }> {
  const { random, nonce, timestamp = String(session.clock.timestampSeconds()) } = choices
  const secret = await session.secret()
  onStep('secret-decrypted')
  const { privateKey, publicKey } = aboutOption(random ? 'random' : 'dhParameters', () =>
    generateDhKeyPair(session.dhParameters, { random }),
  )
  onStep('challenge-computed')
  const request = await rsaSignedRequest(
    session,
    '/oauth/live_session_token',
    [
      ['diffie_hellman_challenge', publicKey.toString(16)],
      ['oauth_token', session.accessToken],
    ],
    timestamp,
    nonce,
    bytesToHex(secret),
  )
  onStep('request-signed')
  return {
    request,
    exchange: { session, privateKey, secret, signedAtMs: Number(timestamp) * 1000 },
  }
}
