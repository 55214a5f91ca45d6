/**
 * The options of the client, checked.
 */
import {
  createOptionReader,
  type FetchFunction,
  type OptionReader,
  readDurationMs,
  readFlag,
  readFunction,
  readNow,
  readUrl,
  readWaitUntil,
  refuseOption,
} from '@isoauth/core-client'
import { newError } from './errors.ts'
import { parseSafeUrl } from './safe-url.ts'

/** The options of `createUltraCartSso` but for the credential. */
export interface UltraCartClientOptions {
  /**
   * Where the browser comes back: absolute, https (http on loopback only), without fragment and without
   * the parameters `code`, `state`, `error`. Fixed: never taken from a request.
   */
  readonly redirectUri: string
  /** Default: `https://secure.ultracart.com/rest/v2`. */
  readonly baseUrl?: string | undefined
  /**
   * Hosts that a login page may be on (`host` or `host:port`, no wildcards); the host of `baseUrl`
   * always may. Default: `['secure.ultracart.com']`.
   */
  readonly loginHosts?: readonly string[] | undefined
  /**
   * Milliseconds for a call as a whole: its turn, attempts, waits and reading. A `Retry-After` beyond
   * its end is not waited for but thrown, with its value. Default: 20000.
   */
  readonly timeoutMs?: number | undefined
  /** True allows use in a browser, where every visitor can read the key. Default: false. */
  readonly allowBrowser?: boolean | undefined
  /** Used like the platform's `fetch`, which is the default; always called as `(url: string, init)`. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * For runtimes that end a request's work together with the request (Workers: `waitUntil` of
   * `cloudflare:workers`): called with a promise for each call, which never rejects, so that a code is
   * exchanged and a session revoked although the person has left. Default: nothing.
   */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
}

// Of two that fit alike, compilers tell what the last one lacks: so the usual way is the last one.

/** The application's OAuth access token, in place of `simpleKey`. */
export interface UltraCartAccessToken {
  /** An OAuth access token instead; whether the service takes one here is not documented. */
  readonly accessToken: string
  /** Left out: `accessToken` stands in its place. */
  readonly simpleKey?: undefined
}

/** The application's simple key: the usual way. */
export interface UltraCartSimpleKey {
  /** The simple key of the authorized application, with the permission `sso_write`. */
  readonly simpleKey: string
  /** Left out: `simpleKey` stands in its place. */
  readonly accessToken?: undefined
}

/** The options of `createUltraCartSso`. */
export type UltraCartSsoOptions = UltraCartClientOptions &
  (UltraCartAccessToken | UltraCartSimpleKey)

/** Checked {@link UltraCartSsoOptions}. */
export interface Settings {
  /** The application's. */
  readonly credential: Credential
  readonly redirectUri: string
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** The host of the base URL, which may be http on this machine. */
  readonly baseHost: string
  readonly loginHosts: readonly string[]
  readonly timeoutMs: number
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
}

/** What a request is authorized with. */
export interface Credential {
  /** Where it comes from. */
  readonly option: 'simpleKey' | 'accessToken' | 'session'
  readonly header: 'x-ultracart-simple-key' | 'authorization'
  /** The header's value. */
  readonly value: string
  /** The key or token itself, which no error may show. */
  readonly secret: string
}

const KEY_FORM = '1 to 4096 printable ASCII characters without blanks'
const WITHOUT_KEY =
  '. Most likely it was stored or copied: JSON, spreading and cloning leave the key out. Store session.simpleKey, sealed, and give { simpleKey }'
const IN_A_PAGE =
  "createUltraCartSso must not run in a page: whoever opens the page can read the application's key and act with it. Make the client on a server or at the edge, and let the page send the person to your own start route. (Option allowBrowser is for tests and for pages that nobody else opens.)"
/** What the service adds to the redirect URI. */
const ANSWER_PARAMETERS = ['code', 'state', 'error']

/** Checks the options. */
export function checkOptions(options: UltraCartSsoOptions): Settings {
  const read = createOptionReader(options, newError)
  const credential = readCredential(read)
  const isBrowser = /^Mozilla/.test(globalThis.navigator?.userAgent)
  if (!readFlag(read, 'allowBrowser') && isBrowser) {
    throw newError('OPTION_INVALID', IN_A_PAGE, { option: 'allowBrowser' })
  }
  const redirectUri = readRedirectUri(read)
  const baseUrl = readUrl(read, 'baseUrl', 'https://secure.ultracart.com/rest/v2').href
  return {
    credential,
    redirectUri,
    baseUrl,
    baseHost: new URL(baseUrl).host,
    loginHosts: readLoginHosts(read),
    timeoutMs: readDurationMs(read, 'timeoutMs', 20_000),
    fetch: readFunction(read, 'fetch'),
    now: readNow(read),
    waitUntil: readWaitUntil(read),
  }
}

/** The credential of a session, or the refusal of the argument. */
export function sessionCredential(session: unknown): Credential {
  const { simpleKey } = (session ?? {}) as { readonly simpleKey?: unknown }
  if (!isKey(simpleKey)) {
    const isWithout = typeof session === 'object' && session !== null && simpleKey === undefined
    const more = isWithout ? WITHOUT_KEY : `: ${KEY_FORM}`
    const form = `what exchangeCode gave, or { simpleKey } of it${more}`
    return refuseOption(newError, 'session', session, form)
  }
  return keyCredential('session', simpleKey)
}

/** True for what a header can carry as a key: printable ASCII without blanks, and not in quotation marks. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 4096 && /^(?!["'])[!-~]+$/.test(value)
}

function readCredential(read: OptionReader<UltraCartSsoOptions>): Credential {
  const simpleKey = read.value('simpleKey')
  const accessToken = read.value('accessToken')
  if (accessToken === undefined) {
    if (isKey(simpleKey)) return keyCredential('simpleKey', simpleKey)
    const form = `the simple key of the authorized application: ${KEY_FORM}. Copy it whole from UltraCart's Authorized Applications; it needs the permission sso_write`
    return read.refuse('simpleKey', form)
  }
  if (simpleKey !== undefined) {
    return read.refuse(
      'accessToken',
      'left out where simpleKey is given: a call carries one of them',
    )
  }
  if (!isKey(accessToken)) return read.refuse('accessToken', `an OAuth access token: ${KEY_FORM}`)
  const value = `Bearer ${accessToken}`
  return { option: 'accessToken', header: 'authorization', value, secret: accessToken }
}

function keyCredential(option: 'simpleKey' | 'session', key: string): Credential {
  return { option, header: 'x-ultracart-simple-key', value: key, secret: key }
}

function readRedirectUri(read: OptionReader<UltraCartSsoOptions>): string {
  const value: unknown = read.value('redirectUri')
  const url = typeof value === 'string' ? parseSafeUrl(value) : undefined
  if (!url || /[\s#\p{Cc}]/u.test(value as string)) {
    const form =
      'an absolute https URL (http on this machine only) without user, blanks and fragment: the address of your callback route'
    return read.refuse('redirectUri', form)
  }
  // Parsed, since `%63ode` is `code` too.
  const taken = ANSWER_PARAMETERS.find((name) => url.searchParams.has(name))
  if (taken !== undefined) {
    return read.refuse(
      'redirectUri',
      `without the parameter ${taken}, which the service adds to it`,
    )
  }
  return value as string
}

function readLoginHosts(read: OptionReader<UltraCartSsoOptions>): readonly string[] {
  const hosts: unknown = read.value('loginHosts')
  if (hosts === undefined) return ['secure.ultracart.com']
  if (Array.isArray(hosts) && hosts.every(isHost)) return [...hosts]
  const form =
    "an array of hosts such as 'secure.ultracart.com' or 'login.example:8443', each written out in lower case: no wildcards, no scheme, no path"
  return read.refuse('loginHosts', form)
}

function isHost(name: unknown): boolean {
  if (typeof name !== 'string' || name.length > 255 || name.includes('*')) return false
  return parseSafeUrl(`https://${name}`)?.host === name
}
