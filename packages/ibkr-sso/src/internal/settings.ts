/**
 * The options, checked when given; and the addresses that sessions are bound to: text of one IPv4 or IPv6
 * address, as the caller knows it.
 */
import {
  type BaseUrl,
  createOptionReader,
  type FetchFunction,
  type OptionReader,
  type PlatformAbortSignal,
  readNow,
  readSeconds,
  readText,
  readUrl,
  readUserAgent,
} from '@isoauth/core-client'
import { newError, refuse } from './errors.ts'

/** What gives access tokens and signed bodies: a client of `@isoauth/ibkr-oauth2`, or alike. */
export interface SsoAuthority {
  /** Where its tokens come from, and where sessions are asked for if no option `baseUrl` says otherwise. */
  readonly baseUrl?: string | undefined
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
  /** Default: the `baseUrl` of `oauth2`; where that has none, `https://api.ibkr.com`. */
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
export interface EndpointSettings {
  readonly newError: typeof newError
  readonly oauth2: SsoAuthority
  readonly base: BaseUrl
  readonly userAgent: string
  readonly now: () => number
}

/** How requests are sent. */
export interface SendSettings {
  readonly fetch: FetchFunction | undefined
  readonly timeoutMs: number
}

/** What is signed, and for how long; `addresses` by the option that gave them, that of `ip` first. */
export interface SessionClaims {
  readonly claims: object
  readonly expiresInSeconds: number
  readonly addresses: readonly (readonly [option: string, address: string])[]
}

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'

/** Addresses that never reach the broker: RFC 6890, with the documentation ranges. */
const NOT_PUBLIC =
  /^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|192\.0\.[02]|198\.1[89]|198\.51\.100|203\.0\.113|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|2[3-5]\d)\.|^(::1?$|f[cdef]|2001:0?db8:)/i

/** Makes the reader of this package's options. */
export function readOptions<O extends object>(options: O): OptionReader<O> {
  return createOptionReader(options, newError)
}

/** Checks the authority and {@link EndpointOptions}. */
export function checkEndpoint(
  options: EndpointOptions & { readonly oauth2: SsoAuthority },
): EndpointSettings {
  const read = readOptions(options)
  const oauth2 = read.value('oauth2')
  for (const method of ['accessToken', 'signJwt'] as const) {
    if (typeof oauth2?.[method] !== 'function') {
      read.refuse('oauth2', 'a client of @isoauth/ibkr-oauth2 (accessToken and signJwt)')
    }
  }
  const { baseUrl } = oauth2
  // Under a name of its own, or a refusal would name an option that was not given.
  const ofAuthority = readOptions({ 'oauth2.baseUrl': baseUrl })
  return {
    newError,
    oauth2,
    base:
      read.value('baseUrl') === undefined
        ? readUrl(ofAuthority, 'oauth2.baseUrl', 'https://api.ibkr.com')
        : readUrl(read, 'baseUrl', ''),
    userAgent: readUserAgent(read),
    now: readNow(read),
  }
}

/** The claims of an SSO session, in the order in which the broker's sample writes them. */
export function sessionClaims(options: SessionOptions): SessionClaims {
  const read = readOptions(options)
  const ip = requireAddress('ip', read.value('ip'))
  const alternativeIps = read.value('alternativeIps', [])
  if (!Array.isArray(alternativeIps)) read.refuse('alternativeIps', 'an array of addresses')
  const others = [...alternativeIps].map((other) => requireAddress('alternativeIps', other))
  return {
    claims: {
      ip,
      ...(others.length > 0 && { alternativeIps: others }),
      ...(read.value('service') !== undefined && {
        service: readText(read, 'service', 'a text that the broker gave'),
      }),
      credential: readCredential(read),
    },
    expiresInSeconds: readSeconds(read, 'expiresInSeconds', 86_400, 86_400),
    addresses: [['ip', ip], ...others.map((other) => ['alternativeIps', other] as const)],
  }
}

/** The claims of a browser session. */
export function browserSessionClaims(options: BrowserSessionOptions): SessionClaims {
  const read = readOptions(options)
  const ip = requireAddress('ip', read.value('ip'))
  return {
    claims: { credential: readCredential(read), ip },
    expiresInSeconds: readSeconds(read, 'expiresInSeconds', 1000, 86_400),
    addresses: [['ip', ip]],
  }
}

/** False for private, loopback, multicast, documentation and other special ranges. */
export function isPublicAddress(address: string): boolean {
  return !NOT_PUBLIC.test(canonicalOf(address))
}

/** A name for claims: the same for each spelling of an address, and each order of the further ones. */
export function nameOf({ claims, expiresInSeconds, addresses }: SessionClaims): string {
  const [ip, ...others] = addresses.map(([, address]) => canonicalOf(address))
  return JSON.stringify([{ ...claims, ip, alternativeIps: others.sort() }, expiresInSeconds])
}

/** An IPv6 address in its shortest form (RFC 5952); one that stands for an IPv4 address as that. */
function canonicalOf(address: string): string {
  if (!address.includes(':')) return address
  const { hostname } = new URL(`http://[${address}]/`)
  const [, ...mapped] = /^\[::ffff:([\da-f]+):([\da-f]+)]$/.exec(hostname) ?? []
  const parts = mapped.map((part) => Number.parseInt(part, 16))
  const ipv4 = parts.flatMap((part) => [part >> 8, part & 255]).join('.')
  return ipv4 || hostname.slice(1, -1)
}

/**
 * Checks an address: no port, no prefix length, no zone. IPv4 in IPv6, as a server that listens on both tells its callers'
 * (`::ffff:198.51.100.7`), is an address that the internet never sees: it stands for the IPv4 one.
 */
function requireAddress(option: string, value: unknown): string {
  if (typeof value === 'string' && isIpv4(value)) return value
  if (typeof value === 'string' && isIpv6(value)) {
    const address = canonicalOf(value)
    return isIpv4(address) ? address : value
  }
  return refuse(option, value, 'one IPv4 or IPv6 address, without port, /prefix or %zone')
}

function readCredential(read: OptionReader<BrowserSessionOptions>): string {
  return readText(read, 'credential', "the broker's user name, from your own records")
}

function isIpv4(text: string): boolean {
  return new RegExp(`^${OCTET}(\\.${OCTET}){3}$`).test(text)
}

function isIpv6(text: string): boolean {
  if (!/^[\da-f:.]{2,45}$/i.test(text) || !text.includes(':')) return false
  try {
    // The platform's parser knows every form of RFC 4291.
    return new URL(`http://[${text}]/`).hostname !== ''
  } catch {
    return false
  }
}
