/**
 * The options, checked when given.
 */
import {
  type BaseUrl,
  durationMs,
  type FetchFunction,
  optionalFunction,
  type PlatformAbortSignal,
  parseBaseUrl,
  requireOptions,
  requireText,
  requireUserAgent,
} from '@isoauth/core-client'
import { requireAddress } from '../ip-address.ts'
import { raise, refuse } from './raise.ts'

/** What gives access tokens and signed bodies: a client of `@isoauth/ibkr-oauth2`, or alike. */
export interface SsoAuthority {
  /** The current access token; another one where `replacing` is the value of one that failed. */
  accessToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: string | undefined
  }): Promise<{ readonly value: string }>
  /** A compact JWS of the claims with `iss`, `exp` and `iat`. */
  signJwt(claims: object, options: { readonly expiresInSeconds: number }): Promise<string>
}

/** Where requests go and how they introduce themselves. */
export interface EndpointOptions {
  /** Default: `https://api.ibkr.com`. */
  readonly baseUrl?: string | undefined
  /** Sent outside of browsers; the broker's edge refuses requests without one. Default: `isoauth`. */
  readonly userAgent?: string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Whose session, and from where it is used. */
export interface BrowserSessionOptions {
  /** The broker's user name: from your own records, never from the browser. */
  readonly credential: string
  /** The address of the user's computer as the internet sees it: IPv4 or IPv6 text. */
  readonly ip: string
  /** Seconds to the `exp` of the signed body: 1 to 86400. Default: 1000. */
  readonly expiresInSeconds?: number | undefined
}

/** Whose session, and from where it is used. */
export interface SessionOptions {
  /** The broker's user name that the session is for. */
  readonly credential: string
  /** The address from which the bearer will be used, usually this server's outgoing one. */
  readonly ip: string
  /** Further addresses from which it will be used. */
  readonly alternativeIps?: readonly string[] | undefined
  /** Leave out unless the broker says otherwise. */
  readonly service?: string | undefined
  /** Seconds to the `exp` of the signed body: 1 to 86400. Default: 86400. */
  readonly expiresInSeconds?: number | undefined
}

/** Checked {@link EndpointOptions} and the authority. */
export interface Settings {
  readonly oauth2: SsoAuthority
  readonly base: BaseUrl
  readonly userAgent: string
  readonly now: () => number
}

/** What is signed, and for how long; `addresses` by the option that gave them. */
export interface SessionClaims {
  readonly claims: object
  readonly expiresInSeconds: number
  readonly addresses: readonly (readonly [option: string, address: string])[]
}

/** Checks the authority and {@link EndpointOptions}. */
export function checkSettings(
  options: EndpointOptions & { readonly oauth2: SsoAuthority },
): Settings {
  requireOptions(raise, options)
  const { oauth2, baseUrl = 'https://api.ibkr.com' } = options
  for (const method of ['accessToken', 'signJwt'] as const) {
    if (typeof oauth2?.[method] !== 'function') {
      refuse('oauth2', oauth2, 'a client of @isoauth/ibkr-oauth2 (accessToken and signJwt)')
    }
  }
  return {
    oauth2,
    base: parseBaseUrl(raise, 'baseUrl', baseUrl),
    userAgent: requireUserAgent(raise, options.userAgent),
    now: optionalFunction(raise, 'now', options.now) ?? Date.now,
  }
}

/** Checks how requests are sent. */
export function checkSending(options: {
  readonly fetch?: FetchFunction | undefined
  readonly timeoutMs?: number | undefined
}): { readonly fetch: FetchFunction | undefined; readonly timeoutMs: number } {
  return {
    fetch: optionalFunction(raise, 'fetch', options.fetch),
    timeoutMs: durationMs(raise, 'timeoutMs', options.timeoutMs, 20_000),
  }
}

/** The claims of an SSO session, in the order in which the broker's sample writes them. */
export function sessionClaims(options: SessionOptions): SessionClaims {
  requireOptions(raise, options)
  const ip = requireAddress('ip', options.ip)
  const { alternativeIps, service } = options
  if (alternativeIps !== undefined && !Array.isArray(alternativeIps)) {
    refuse('alternativeIps', alternativeIps, 'an array of addresses')
  }
  const others = (alternativeIps ?? []).map((address) => requireAddress('alternativeIps', address))
  return {
    claims: {
      ip,
      ...(others.length > 0 && { alternativeIps: others }),
      ...(service !== undefined && {
        service: requireText(raise, 'service', service, 'a text that the broker gave'),
      }),
      credential: readCredential(options),
    },
    expiresInSeconds: readLife(options, 86_400),
    addresses: [['ip', ip], ...others.map((address) => ['alternativeIps', address] as const)],
  }
}

/** The claims of a browser session. */
export function browserSessionClaims(options: BrowserSessionOptions): SessionClaims {
  requireOptions(raise, options)
  const ip = requireAddress('ip', options.ip)
  return {
    claims: { credential: readCredential(options), ip },
    expiresInSeconds: readLife(options, 1000),
    addresses: [['ip', ip]],
  }
}

function readCredential({ credential }: { readonly credential: string }): string {
  const form = "the broker's user name, from your own records"
  return requireText(raise, 'credential', credential, form)
}

function readLife(options: SessionOptions | BrowserSessionOptions, standard: number): number {
  const { expiresInSeconds: value = standard } = options
  if (Number.isInteger(value) && value >= 1 && value <= 86_400) return value
  return refuse('expiresInSeconds', value, 'whole seconds from 1 to 86400')
}
