/**
 * The live session token request: the client's half of the Diffie-Hellman exchange, signed with a
 * base string that begins with the decrypted secret.
 */

import { requireOptions } from '@isoauth/core-client'
import { type Bytes, type DhParameters, generateDhKeyPair } from '@isoauth/core-crypto'
import { prefixOf } from './access-token-secret.ts'
import {
  type CredentialOptions,
  type Credentials,
  checkCredentials,
} from './internal/credentials.ts'
import {
  checkEndpoint,
  checkSending,
  type Endpoint,
  type EndpointOptions,
} from './internal/endpoint.ts'
import { raise } from './internal/raise.ts'
import { rsaSignedRequest } from './internal/rsa-signed-request.ts'
import { wrapCryptoError } from './internal/wrap-crypto-error.ts'
import { createNonceSource } from './nonce.ts'
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
  readonly #kept: PendingValues

  /** @internal */
  constructor(kept: PendingValues) {
    this.#kept = kept
  }

  /** @internal */
  static valuesOf(pending: PendingLiveSessionToken): PendingValues {
    if (!(typeof pending === 'object' && pending !== null && #kept in pending)) {
      const option = 'pending'
      throw raise(
        'OPTION_INVALID',
        'Option pending must be what prepareLiveSessionTokenRequest gave with the request.',
        { option },
      )
    }
    return pending.#kept
  }
}

/** @internal */
export interface PendingValues {
  readonly consumerKey: string
  readonly parameters: DhParameters
  readonly privateKey: bigint
  readonly secret: Bytes
  /** The server's time as the signer believed it, in milliseconds since 1970. */
  readonly signedAtMs: number
  readonly now: () => number
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedLiveSessionTokenRequest {
  readonly request: Request
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

const PATH = '/oauth/live_session_token'

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
  requireOptions(raise, options)
  const credentials = checkCredentials(options)
  const endpoint = checkEndpoint(options)
  const { now } = checkSending({ now: options.now })
  const { random, timestamp = Math.floor(now() / 1000) } = options
  return prepareHandshake({
    credentials,
    endpoint,
    now,
    random,
    nonce: requireNonce(options.nonce ?? createNonceSource()()),
    timestamp: requireTimestamp(timestamp),
  })
}

/** @internal */
export async function prepareHandshake(options: {
  readonly credentials: Credentials
  readonly endpoint: Endpoint
  readonly now: () => number
  readonly random?: ((length: number) => Uint8Array) | undefined
  readonly nonce: string
  readonly timestamp: string
  readonly onStep?: OnStep | undefined
}): Promise<PreparedLiveSessionTokenRequest> {
  const { credentials, endpoint, now, random, nonce, timestamp, onStep } = options
  const { consumerKey, accessToken, dhParameters } = credentials
  const secret = await credentials.secret()
  onStep?.('secret-decrypted')
  const { privateKey, publicKey } = makeKeyPair(dhParameters, random)
  onStep?.('challenge-computed')
  const request = await rsaSignedRequest({
    endpoint,
    path: PATH,
    consumerKey,
    signingKey: await credentials.signingKey(),
    prefix: prefixOf(secret),
    nonce,
    timestamp,
    parameters: [
      ['diffie_hellman_challenge', publicKey.toString(16)],
      ['oauth_token', accessToken],
    ],
  })
  onStep?.('request-signed')
  const signedAtMs = Number(timestamp) * 1000
  const parameters = dhParameters
  const pending = new PendingLiveSessionToken({
    consumerKey,
    parameters,
    privateKey,
    secret,
    signedAtMs,
    now,
  })
  return { request, pending }
}

function makeKeyPair(parameters: DhParameters, random: ((n: number) => Uint8Array) | undefined) {
  try {
    return generateDhKeyPair(parameters, { random })
  } catch (error) {
    throw wrapCryptoError(random === undefined ? 'dhParameters' : 'random', error)
  }
}
