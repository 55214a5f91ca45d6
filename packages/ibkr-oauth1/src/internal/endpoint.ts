/**
 * Where requests go and how they introduce themselves.
 */
import {
  type BaseUrl,
  chooseWord,
  durationMs,
  type FetchFunction,
  optionalFunction,
  parseBaseUrl,
  requireText,
} from '@isoauth/core-client'
import { quotable } from '../authorization-header.ts'
import { raise } from './raise.ts'
import type { ParameterTransport } from './rsa-signed-request.ts'

/** The options of every function here that sends. */
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

/** Checked {@link EndpointOptions}. */
export interface Endpoint {
  readonly base: BaseUrl
  readonly signingBase: BaseUrl
  readonly realm: string
  readonly parameterTransport: ParameterTransport
  readonly userAgent: string
}

const BASE_URL = 'https://api.ibkr.com/v1/api'
const TIMEOUT_MS = 20_000

/** Checks {@link EndpointOptions}. */
export function checkEndpoint(options: EndpointOptions): Endpoint {
  const { baseUrl = BASE_URL, signingBaseUrl, realm = 'limited_poa' } = options
  const { parameterTransport, userAgent = 'isoauth' } = options
  const base = parseBaseUrl(raise, 'baseUrl', baseUrl)
  return {
    base,
    signingBase:
      signingBaseUrl === undefined ? base : parseBaseUrl(raise, 'signingBaseUrl', signingBaseUrl),
    realm: quotable(realm),
    parameterTransport: chooseWord(raise, 'parameterTransport', parameterTransport, [
      'header',
      'json-body',
    ]),
    userAgent: requireText(raise, 'userAgent', userAgent, {
      form: 'the name of your program in ASCII',
    }),
  }
}

/** Checks {@link SendOptions}. */
export function checkSending(options: SendOptions): {
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly timeoutMs: number
} {
  return {
    fetch: optionalFunction(raise, 'fetch', options.fetch),
    now: optionalFunction(raise, 'now', options.now) ?? Date.now,
    timeoutMs: durationMs(raise, 'timeoutMs', options.timeoutMs, TIMEOUT_MS),
  }
}
