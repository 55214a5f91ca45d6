/**
 * What every signed call of a consumer needs, checked once: where it goes, who signs, and the clock.
 */
import {
  type BaseUrl,
  type Clock,
  chooseWord,
  createClock,
  durationMs,
  type FetchFunction,
  optionalFunction,
  parseBaseUrl,
  requireOptions,
  requireText,
} from '@isoauth/core-client'
import { importRsaSigningKey, type RsaSigningKey, type SigningKey } from '@isoauth/core-crypto'
import { quotable } from '../authorization-header.ts'
import { createNonceSource } from '../nonce.ts'
import { aboutOption } from './about-option.ts'
import { once } from './once.ts'
import { raise } from './raise.ts'
import { requireKey } from './require-key.ts'

/** Where the OAuth parameters travel: in the `Authorization` header, or as a JSON body (legacy base). */
export type ParameterTransport = 'header' | 'json-body'

/** The consumer and the key that signs for it. */
export interface ConsumerOptions {
  /** As the broker stores it: upper case, usually nine letters. */
  readonly consumerKey: string
  /** The RSA private key registered for signatures, or a function that signs (KMS, HSM). */
  readonly signatureKey: SigningKey
}

/** Where requests go and how they introduce themselves. */
export interface EndpointOptions {
  /** Default: `https://api.ibkr.com/v1/api`. Legacy: `https://www.interactivebrokers.com/tradingapi/v1`. */
  readonly baseUrl?: string | undefined
  /** The base that the broker sees, where requests travel through a proxy at `baseUrl`. Default: `baseUrl`. */
  readonly signingBaseUrl?: string | undefined
  /** Default: `limited_poa`; `test_realm` for the consumer `TESTCONS` only. */
  readonly realm?: string | undefined
  /** Where the OAuth parameters of `/oauth/…` requests travel. Default: `header`. */
  readonly parameterTransport?: ParameterTransport | undefined
  /** Sent outside of browsers; the broker's edge refuses requests without one. Default: `isoauth`. */
  readonly userAgent?: string | undefined
}

/** How requests are sent. */
export interface SendOptions {
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Milliseconds for a whole token call, or until the headers of other answers. Default: 20000. */
  readonly timeoutMs?: number | undefined
}

/** The checked options of a consumer, with its clock and its nonces. */
export interface Session {
  readonly raise: typeof raise
  readonly consumerKey: string
  /** Imported at first use, before anything is sent. */
  readonly signingKey: () => Promise<RsaSigningKey>
  readonly base: BaseUrl
  readonly signingBase: BaseUrl
  readonly realm: string
  readonly parameterTransport: ParameterTransport
  readonly userAgent: string
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly timeoutMs: number
  readonly clock: Clock
  readonly nextNonce: () => string
}

/** Checks options, all that can be checked without waiting. */
export function checkSession(options: ConsumerOptions & EndpointOptions & SendOptions): Session {
  requireOptions(raise, options)
  const { consumerKey, signatureKey, realm = 'limited_poa', userAgent = 'isoauth' } = options
  const { baseUrl = 'https://api.ibkr.com/v1/api', signingBaseUrl = baseUrl } = options
  const now = optionalFunction(raise, 'now', options.now) ?? Date.now
  requireKey('signatureKey', signatureKey)
  return {
    raise,
    consumerKey: requireText(
      raise,
      'consumerKey',
      consumerKey,
      'the text that the portal shows, in upper case',
    ),
    signingKey: once(() => aboutOption('signatureKey', () => importRsaSigningKey(signatureKey))),
    base: parseBaseUrl(raise, 'baseUrl', baseUrl),
    signingBase: parseBaseUrl(raise, 'signingBaseUrl', signingBaseUrl),
    realm: quotable(realm),
    parameterTransport: chooseWord(raise, 'parameterTransport', options.parameterTransport, [
      'header',
      'json-body',
    ]),
    userAgent: requireText(raise, 'userAgent', userAgent, 'a name for your program'),
    fetch: optionalFunction(raise, 'fetch', options.fetch),
    now,
    timeoutMs: durationMs(raise, 'timeoutMs', options.timeoutMs, 20_000),
    clock: createClock(now),
    nextNonce: createNonceSource(),
  }
}
