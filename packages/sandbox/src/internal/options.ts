/** Options of a sandbox, and their checks. */

import type { GivenCredentials } from './credentials.ts'
import { readDhParameters } from './crypto/dh.ts'
import { checkNames, isObject, optionError, readDuration, SandboxError } from './errors.ts'
import { type BrokerEvent, checkBrokerEvent } from './ibkr-api/broker-events.ts'
import type { SandboxUser } from './ibkr-api/sign-in.ts'
import type { IbkrOAuth2PublicKey } from './ibkr-oauth2/credentials.ts'
import { isScopeToken, SCOPES } from './ibkr-oauth2/scope.ts'
import { isLoopback } from './loopback.ts'
import {
  readUltraCartSettings,
  type UltraCartOptions,
  type UltraCartSettings,
} from './ultracart/options.ts'

export interface SandboxOptions {
  /**
   * The origin that clients address and sign; `http://127.0.0.1:8787` by default. Loopback only
   * (`127.0.0.0/8`, `[::1]`, `localhost`) unless `allowPublic` is true.
   */
  readonly origin?: string | undefined
  /** Serve another origin than loopback; whoever sets it answers for who can reach it. */
  readonly allowPublic?: boolean | undefined
  /**
   * Further origins that may stand in a base string, for clients whose address is rewritten on the
   * way or compiled in, e.g. `https://api.ibkr.com`. They are compared, never connected to.
   */
  readonly signedOrigins?: readonly string[] | undefined
  /** Answer CORS preflights and expose `Date`; off by default, as at the broker. */
  readonly cors?: boolean | undefined
  /** The sandbox's clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: (() => number) | undefined
  /**
   * `'prepared'`, the default of `createSandbox`: test keys that are published with this package, the
   * same in every sandbox, and ready at once. `'fresh'`, the default of `serve`: keys made for this run,
   * which takes a runtime most of a second. Or the credentials of an earlier sandbox, whose addresses are replaced by
   * this origin's: without their part `ibkr.oauth2` the sandbox has neither OAuth 2.0 nor SSO, without
   * `ultracart` it makes that part afresh.
   */
  readonly credentials?: 'prepared' | 'fresh' | GivenCredentials | undefined
  /** Further public keys of the OAuth 2.0 client, each with its `kid`, for a change of keys. */
  readonly oauth2PublicKeys?: readonly IbkrOAuth2PublicKey[] | undefined
  /** What the OAuth 2.0 client may ask for; every scope that the sandbox knows by default. */
  readonly scopes?: readonly string[] | undefined
  /** Life of an OAuth 2.0 access token in seconds, as `expires_in` says it; 86,399 by default. */
  readonly accessTokenLifetimeSeconds?: number | undefined
  /**
   * Refuse an assertion without `jti` that was used before; off by default, since two that are signed
   * within one second are the same. One with `jti` is good once in any case.
   */
  readonly refuseRepeatedAssertions?: boolean | undefined
  /** How long an SSO bearer lasts without a request, in milliseconds; 7 minutes by default. */
  readonly ssoSessionIdleMs?: number | undefined
  /** Further users that SSO sessions can be opened for; the credentials' own one is always there. */
  readonly users?: readonly SandboxUser[] | undefined
  /** PEM of the DH group for prepared or fresh credentials; RFC 3526 group 14 by default. */
  readonly dhParameters?: string | undefined
  /** Callback URL registered for the third-party consumer; `<origin>/callback` by default. */
  readonly callback?: string | undefined
  /** Lifetime of a live session token in milliseconds; 24 hours by default. */
  readonly liveSessionTokenLifetimeMs?: number | undefined
  /** Let earlier live session tokens of an access token live on; off by default. */
  readonly keepReplacedTokens?: boolean | undefined
  /** How long after `ssodh/init` a brokerage session is established, in milliseconds; 0 by default. */
  readonly establishedAfterMs?: number | undefined
  /** Kinds of questions that every order is asked, such as `o163`; none by default. */
  readonly orderQuestions?: readonly string[] | undefined
  /**
   * Hold `/v1/api` to the published limits: a breach is answered with 429 and puts the address into
   * the penalty box for ten minutes, where everything is answered so. Off by default; `true` allows 10
   * requests a second for a user name.
   */
  readonly pacing?: boolean | { readonly requestsPerSecond: number } | undefined
  /**
   * Set the load balancer's cookie in answers of `/v1/api`; a brokerage session then is on the machine
   * that opened it, and calls without the cookie find `no bridge`. Off by default.
   */
  readonly stickyCookie?: boolean | undefined
  /** What happens at the broker; played, in order, when the sandbox is made. None by default. */
  readonly brokerEvents?: readonly BrokerEvent[] | undefined
  /**
   * DH exponents of the server for the next handshakes, used in order, then random ones again. For
   * tests that need a shared secret of a given length.
   */
  readonly nextServerExponents?: readonly bigint[] | undefined
  /**
   * Refuse requests to the broker's services without `User-Agent`, as its edge does. By default those
   * that come over a socket.
   */
  readonly requireUserAgent?: boolean | undefined
  /** Refuse POST, PUT and PATCH without `Content-Length`. By default those that come over a socket. */
  readonly requireContentLength?: boolean | undefined
  /** How many request records are kept; 10,000 by default. */
  readonly maxRecords?: number | undefined
  /** What is particular to the UltraCart service. */
  readonly ultracart?: UltraCartOptions | undefined
}

/** @internal Options with their defaults. */
export interface SandboxSettings {
  readonly origin: string
  readonly signedOrigins: readonly string[]
  readonly cors: boolean
  readonly now: () => number
  readonly credentials: 'prepared' | 'fresh' | GivenCredentials
  readonly oauth2PublicKeys: readonly IbkrOAuth2PublicKey[]
  readonly scopes: readonly string[]
  readonly accessTokenLifetimeSeconds: number
  readonly refuseRepeatedAssertions: boolean
  readonly ssoSessionIdleMs: number
  readonly users: readonly SandboxUser[]
  readonly dhParameters: string | undefined
  readonly callback: string
  readonly liveSessionTokenLifetimeMs: number
  readonly keepReplacedTokens: boolean
  readonly establishedAfterMs: number
  readonly orderQuestions: readonly string[]
  readonly brokerEvents: readonly BrokerEvent[]
  /** Requests a second for a user name; `undefined` where nothing is paced. */
  readonly pacing: number | undefined
  readonly stickyCookie: boolean
  readonly nextServerExponents: bigint[]
  /** Undefined: over a socket, and not in process. */
  readonly requireUserAgent: boolean | undefined
  readonly requireContentLength: boolean | undefined
  readonly maxRecords: number
  readonly ultracart: UltraCartSettings
}

const DAY_MS = 86_400_000
const DEFAULT_ORIGIN = 'http://127.0.0.1:8787'

/** @internal `further` are the names of options that are read elsewhere. */
export function readSettings(
  options: SandboxOptions,
  further: readonly string[] = [],
): SandboxSettings {
  if (!isObject(options)) throw optionError('options', 'an object is required, or nothing at all')
  const { origin: given = DEFAULT_ORIGIN } = options
  const origin = readOrigin('origin', given)
  if (!flag('allowPublic', options.allowPublic) && !isLoopback(new URL(origin).hostname)) {
    throw new SandboxError(
      'origin: the sandbox answers on loopback only (127.0.0.0/8, [::1], localhost); ' +
        'set allowPublic: true if you know who can reach it',
      { code: 'SANDBOX_ORIGIN_PUBLIC', option: 'origin' },
    )
  }
  // Asked for at each call: a test may put another clock in its place.
  const { now = () => Date.now(), callback = `${origin}/callback`, dhParameters } = options
  if (typeof now !== 'function' || !Number.isFinite(now())) {
    throw optionError('now', 'a function that gives milliseconds')
  }
  if (typeof callback !== 'string' || !URL.canParse(callback)) {
    throw optionError('callback', 'an absolute URL is required, as a text')
  }
  if (dhParameters !== undefined) {
    const found = readDhParameters(String(dhParameters))
    if (typeof found === 'string') throw optionError('dhParameters', found)
  }
  const exponents = list(
    'nextServerExponents',
    options.nextServerExponents,
    (exponent) => typeof exponent === 'bigint' && exponent > 0n,
    'an array of positive bigints',
  )
  const anything = () => true
  const origins = 'an array of origins such as https://api.ibkr.com'
  const signed = list('signedOrigins', options.signedOrigins, anything, origins).map((entry) =>
    readOrigin('signedOrigins', entry),
  )
  const events = list('brokerEvents', options.brokerEvents, anything, 'an array of events')
  for (const event of events) checkBrokerEvent(event, now())
  const settings: SandboxSettings = {
    origin,
    signedOrigins: [...new Set([origin, ...signed])],
    cors: flag('cors', options.cors),
    now,
    credentials: readCredentials(options.credentials),
    oauth2PublicKeys: records('oauth2PublicKeys', options.oauth2PublicKeys, ['keyId', 'publicKey']),
    scopes: readScopes(options.scopes),
    accessTokenLifetimeSeconds: duration(options, 'accessTokenLifetimeSeconds', 86_399),
    refuseRepeatedAssertions: flag('refuseRepeatedAssertions', options.refuseRepeatedAssertions),
    ssoSessionIdleMs: duration(options, 'ssoSessionIdleMs', 420_000),
    users: records('users', options.users, ['username', 'accountId']),
    dhParameters,
    callback,
    liveSessionTokenLifetimeMs: duration(options, 'liveSessionTokenLifetimeMs', DAY_MS),
    keepReplacedTokens: flag('keepReplacedTokens', options.keepReplacedTokens),
    establishedAfterMs: duration(options, 'establishedAfterMs', 0),
    orderQuestions: list('orderQuestions', options.orderQuestions, isText, 'an array of texts'),
    pacing: readPacing(options.pacing),
    stickyCookie: flag('stickyCookie', options.stickyCookie),
    brokerEvents: events,
    nextServerExponents: [...exponents],
    requireUserAgent: flagOrNot('requireUserAgent', options.requireUserAgent),
    requireContentLength: flagOrNot('requireContentLength', options.requireContentLength),
    maxRecords: duration(options, 'maxRecords', 10_000),
    ultracart: readUltraCartSettings(options.ultracart),
  }
  checkNames(options, [...Object.keys(settings), 'allowPublic', ...further])
  return settings
}

function readOrigin(option: string, value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (!plain) throw optionError(option, 'an origin like http://127.0.0.1:8787 is required')
  return url.origin
}

function readCredentials(
  credentials: SandboxOptions['credentials'],
): SandboxSettings['credentials'] {
  if (credentials === undefined) return 'prepared'
  if (credentials === 'prepared' || credentials === 'fresh') return credentials
  const part = 'an object is required, as a sandbox hands it out'
  const check = (option: string, value: unknown, expected = part) => {
    if (!isObject(value)) throw optionError(option, expected)
  }
  const whole =
    "'prepared', 'fresh', or an object with the part ibkr, such as the credentials of another sandbox"
  check('credentials', credentials, whole)
  check('credentials', credentials?.ibkr, whole)
  // Copying leaves out the `oauth2` that only throws: it is not enumerable.
  const given = { ...credentials, ibkr: { ...credentials?.ibkr } } as GivenCredentials
  const { ibkr, ultracart = {} } = given
  checkNames(given, ['ibkr', 'ultracart'], 'credentials.')
  checkNames(ibkr, ['baseUrl', 'oauth1', 'oauth2'], 'credentials.ibkr.')
  check('credentials.ibkr.oauth1', ibkr.oauth1)
  check('credentials.ibkr.oauth2', ibkr.oauth2 === undefined ? {} : ibkr.oauth2)
  check('credentials.ultracart', ultracart)
  return given
}

function readScopes(scopes: readonly string[] = SCOPES): readonly string[] {
  const expected = 'an array of scopes such as echo.read'
  const read = list('scopes', scopes, isScopeToken, expected)
  if (read.length === 0) throw optionError('scopes', expected)
  return read
}

/** An array of objects whose fields are texts. */
function records<Entry extends object>(
  option: string,
  value: readonly Entry[] | undefined,
  names: readonly (keyof Entry & string)[],
): readonly Entry[] {
  const fits = (entry: unknown) =>
    isObject(entry) && names.every((name) => isText((entry as Entry)[name]))
  const read = list(option, value, fits, `an array of { ${names.join(', ')} }`)
  for (const entry of read) checkNames(entry, names, `${option}.`)
  return read
}

function list<Entry>(
  option: string,
  value: readonly Entry[] | undefined = [],
  fits: (entry: unknown) => boolean,
  expected: string,
): readonly Entry[] {
  if (!Array.isArray(value) || !value.every(fits)) throw optionError(option, expected)
  return value
}

/** IBKR's pages say 10 or 50 requests a second; the smaller one is safe. */
const REQUESTS_PER_SECOND = 10

function readPacing(pacing: SandboxOptions['pacing']): number | undefined {
  if (pacing === undefined || pacing === false) return undefined
  const { requestsPerSecond } =
    pacing === true ? { requestsPerSecond: REQUESTS_PER_SECOND } : (pacing ?? {})
  if (!Number.isSafeInteger(requestsPerSecond) || Number(requestsPerSecond) < 1) {
    throw optionError('pacing', 'true, or { requestsPerSecond } with a whole number from 1')
  }
  checkNames(Object(pacing), ['requestsPerSecond'], 'pacing.')
  return requestsPerSecond
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function flag(option: string, value: unknown): boolean {
  return flagOrNot(option, value) ?? false
}

function flagOrNot(option: string, value: unknown): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw optionError(option, 'true or false')
  return value
}

function duration<Name extends keyof SandboxOptions>(
  options: SandboxOptions,
  name: Name,
  fallback: number,
): number {
  return readDuration(name, options[name] as number | undefined, fallback)
}
