/** Consumers, tokens and sessions: the state behind the OAuth 1.0a service. */

import type { Bytes } from '../crypto/bytes.ts'
import type { DhParameters } from '../crypto/dh.ts'
import type { PlatformKey, RsaPublicKey } from '../crypto/rsa.ts'
import { FIRST_USER } from '../ibkr-api/sign-in.ts'

/** The public half of what a consumer uploads to the portal. */
export interface ConsumerKeys {
  readonly signatureKey: RsaPublicKey
  readonly encryptionKey: RsaPublicKey
  readonly dhParameters: DhParameters
}

export interface Consumer extends ConsumerKeys {
  readonly consumerKey: string
  readonly realm: string
  /** A first party got its access token from the portal; a third party asks people for theirs. */
  readonly kind: 'first-party' | 'third-party'
  /** Registered callback of a third party; without one the verifier is shown on the page. */
  readonly callback: string | undefined
  /** Nonces seen, each with the time from which it may be forgotten. */
  readonly nonces: Map<string, number>
}

export interface LiveSessionToken {
  /** The token itself. */
  readonly key: Bytes
  readonly hmacKey: PlatformKey
  /** The token's base64 text as a key: a known mistake that the record names. */
  readonly textHmacKey: PlatformKey
  readonly expiresAtMs: number
}

export interface AccessToken {
  readonly token: string
  readonly consumerKey: string
  readonly username: string
  readonly accountId: string
  /** The secret in the clear; the consumer holds it encrypted. */
  readonly secret: Bytes
  /** Newest last; earlier ones count only with `keepReplacedTokens`. */
  readonly liveSessionTokens: LiveSessionToken[]
}

export interface RequestToken {
  readonly token: string
  readonly consumerKey: string
  /** Where the verifier goes; `undefined` shows it on the page. */
  readonly callback: string | undefined
  readonly expiresAtMs: number
  /** Set once the person approved. */
  verifier: string | undefined
  /** Set once the person refused or the token was exchanged. */
  spent: boolean
}

export interface Registry {
  readonly consumers: Map<string, Consumer>
  readonly accessTokens: Map<string, AccessToken>
  readonly requestTokens: Map<string, RequestToken>
}

/** A new access token of the first user, which its consumer may use. */
export function keepAccessToken(
  { accessTokens }: Registry,
  { token, consumerKey, secret }: Pick<AccessToken, 'token' | 'consumerKey' | 'secret'>,
): void {
  accessTokens.set(token, { token, consumerKey, ...FIRST_USER, secret, liveSessionTokens: [] })
}

export function createRegistry(): Registry {
  return { consumers: new Map(), accessTokens: new Map(), requestTokens: new Map() }
}
