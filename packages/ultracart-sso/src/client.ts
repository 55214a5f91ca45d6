/**
 * The client of UltraCart's single sign-on: authorize, callback, exchange, session user, revoke.
 */
import {
  type FetchFunction,
  optionalSignal,
  type PlatformAbortSignal,
  type PlatformUrl,
} from '@isoauth/core-client'
import {
  type CallbackContent,
  callbackUsed,
  loginExpired,
  readCallback,
  type ValidatedCallback,
} from './callback.ts'
import { malformed, readFields, refuseFailure } from './internal/answer.ts'
import { type Answer, type Call, send } from './internal/call.ts'
import { checkOptions, isKey, keyHeader } from './internal/configuration.ts'
import { parseDateTime } from './internal/date-time.ts'
import { isText } from './internal/forms.ts'
import { checkLoginUrl } from './internal/login-url.ts'
import { createQueue } from './internal/queue.ts'
import { raise, refuse } from './internal/raise.ts'
import { createSingleUse } from './internal/single-use.ts'
import { readUser } from './internal/user.ts'
import {
  checkTransaction,
  digestOf,
  randomState,
  type UltraCartTransaction,
} from './login-transaction.ts'
import type {
  SingleSignOnAuthorizeRequest,
  SingleSignOnTokenRequest,
  UltraCartUser,
} from './models.ts'
import { createSession, type UltraCartSession, type UltraCartSessionKey } from './session.ts'

/** The options of {@link createUltraCartSso}. */
export type UltraCartSsoOptions = {
  /** Where the browser comes back: absolute, https (http on loopback only), fixed. */
  readonly redirectUri: string
  /** Default: `https://secure.ultracart.com/rest/v2`. */
  readonly baseUrl?: string | undefined
  /**
   * Hosts that a login page may be on (`host` or `host:port`); the host of `baseUrl` always may.
   * Default: `['secure.ultracart.com']`.
   */
  readonly loginHosts?: readonly string[] | undefined
  /**
   * Milliseconds for a call as a whole: its turn, attempts, waits and reading. A `Retry-After` beyond
   * its end is not waited for but thrown, with its value. Default: 20000.
   */
  readonly timeoutMs?: number | undefined
  /** True allows use in a browser, where every visitor can read the key. Default: false. */
  readonly allowBrowser?: boolean | undefined
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
} & (
  | {
      /** The simple key of the authorized application, with the permission `sso_write`. */
      readonly simpleKey: string
      readonly accessToken?: undefined
    }
  | {
      /** An OAuth access token instead; whether the service takes one here is not documented. */
      readonly accessToken: string
      readonly simpleKey?: undefined
    }
)

/** What every call takes. */
export interface UltraCartCallOptions {
  /** Ends the call, also while it waits for its turn or to try again. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** A login that was started. */
export interface UltraCartLogin {
  /** Send the browser here. */
  readonly loginUrl: PlatformUrl
  /** Keep this in the session of this browser, for `validateCallback`. */
  readonly transaction: UltraCartTransaction
}

/** A login must be done within this time, in milliseconds, or the service's where that is shorter. */
const LOGIN_MS = 600_000

/** What {@link createUltraCartSso} gives. */
export interface UltraCartSso {
  /**
   * Starts a login. The state is made here: 256 random bits.
   *
   * @throws {@link UltraCartSsoError} `ULTRACART_SSO_URL_REFUSED` for a login page that is not https
   *   or on another host, `ULTRACART_SSO_LOGIN_EXPIRED` for one that is over already, and what an
   *   answer deserves
   */
  authorize(options?: UltraCartCallOptions): Promise<UltraCartLogin>
  /**
   * Checks the callback; nothing is sent.
   *
   * @param callbackUrl - absolute, or path and query (behind a proxy that changes the origin)
   * @param options.transaction - the one kept in this browser's session, taken out of there first
   * @throws {@link UltraCartSsoError} `ULTRACART_SSO_CALLBACK_INVALID`, `…_STATE_MISMATCH`,
   *   `…_CALLBACK_USED`, `…_LOGIN_EXPIRED`, `…_CALLBACK_REFUSED`
   */
  validateCallback(
    callbackUrl: string | PlatformUrl,
    options: { readonly transaction: UltraCartTransaction },
  ): Promise<ValidatedCallback>
  /**
   * Exchanges the code for the person's key: one request, never repeated. After any failure, an
   * abort included, the code may be spent: start a new login.
   *
   * @param callback - from `validateCallback` of this client
   */
  exchangeCode(
    callback: ValidatedCallback,
    options?: UltraCartCallOptions,
  ): Promise<UltraCartSession>
  /** The person who signed in. */
  user(session: UltraCartSessionKey, options?: UltraCartCallOptions): Promise<UltraCartUser>
  /** Ends the session at the service. Forget it in the application whatever comes of this. */
  revoke(session: UltraCartSessionKey, options?: UltraCartCallOptions): Promise<void>
}

/**
 * Makes a client. Nothing is sent before it is used; options are checked at once.
 *
 * @throws {@link UltraCartSsoError} `ULTRACART_SSO_OPTION_INVALID` with the field `option`; the calls
 *   also `…_NETWORK`, `…_TIMEOUT`, `…_REDIRECT_REFUSED`, `…_RESPONSE_INVALID`, and the codes of the
 *   statuses: `…_BAD_REQUEST`, `…_UNAUTHORIZED`, `…_FORBIDDEN`, `…_APPLICATION_DISABLED`,
 *   `…_RATE_LIMITED`, `…_UNAVAILABLE`, `…_REFUSED`
 *
 * Security: the application's key and the sessions' keys belong on a server or at the edge. There is
 * no PKCE and no nonce: the state, bound to the browser, is what stops a forged login.
 *
 * @example
 * ```ts
 * const sso = createUltraCartSso({ simpleKey, redirectUri: 'https://shop.example/auth/return' })
 * const { loginUrl, transaction } = await sso.authorize() // keep transaction in the session
 * // … the browser goes to loginUrl and comes back:
 * const callback = await sso.validateCallback(request.url, { transaction })
 * const session = await sso.exchangeCode(callback)
 * const user = await sso.user(session)
 * ```
 *
 * Source: UltraCart REST API v2, `SsoApi`; the vendor's wiki page "API Single Sign-On".
 */
export function createUltraCartSso(options: UltraCartSsoOptions): UltraCartSso {
  const configuration = checkOptions(options)
  const { redirectUri, now } = configuration
  const queue = createQueue()
  const singleUse = createSingleUse()
  const callbacks = new WeakMap<object, CallbackContent>()

  const signalOf = (callOptions: UltraCartCallOptions | undefined) => {
    const signal = optionalSignal(raise, callOptions?.signal as AbortSignal | undefined)
    signal?.throwIfAborted()
    return signal
  }
  const call = (what: Call, callOptions: UltraCartCallOptions | undefined) =>
    send(configuration, queue, { ...what, signal: signalOf(callOptions) })
  const sessionCall = (
    operation: 'user' | 'revoke',
    session: UltraCartSessionKey,
    callOptions: UltraCartCallOptions | undefined,
  ) => {
    const credential = keyHeader('session', session?.simpleKey, 'from exchangeCode')
    return call({ operation, credential }, callOptions)
  }

  return {
    async authorize(callOptions) {
      const state = randomState()
      const stateDigest = await digestOf(state)
      const ownEndMs = now() + LOGIN_MS
      const body: SingleSignOnAuthorizeRequest = { redirect_uri: redirectUri, state }
      const answer = await call({ operation: 'authorize', body, secrets: [state] }, callOptions)
      const fields = readFields(answer)
      const loginUrl = checkLoginUrl(answer, fields['login_url'], configuration)
      const expiresAtMs = Math.min(parseDateTime(fields['expiration_dts']) ?? ownEndMs, ownEndMs)
      if (expiresAtMs > now()) {
        return { loginUrl, transaction: { stateDigest, redirectUri, expiresAtMs } }
      }
      throw loginExpired(answer)
    },

    async validateCallback(callbackUrl, validation) {
      const transaction = checkTransaction(validation?.transaction)
      const content = await readCallback(callbackUrl, transaction, configuration, singleUse)
      const callback = {} as ValidatedCallback
      callbacks.set(callback, content)
      return callback
    },

    async exchangeCode(callback, callOptions) {
      const content = callbacks.get(callback)
      if (!content) return refuse('callback', 'from validateCallback')
      signalOf(callOptions)
      const { code, state } = content
      if (!singleUse(await digestOf(code))) throw callbackUsed()
      const body: SingleSignOnTokenRequest = { code, grant_type: 'simple_key' }
      const secrets = [code, state]
      return sessionOf(await call({ operation: 'token', body, secrets }, callOptions))
    },

    async user(session, callOptions) {
      return readUser(await sessionCall('user', session, callOptions))
    },

    async revoke(session, callOptions) {
      const answer = await sessionCall('revoke', session, callOptions)
      // The first attempt's answer was lost, and the key is dead: it was done.
      if (answer.attempts > 1 && answer.status === 401) return
      refuseFailure(answer)
    },
  }
}

function sessionOf(answer: Answer): UltraCartSession {
  const { simple_key: simpleKey, expiration_dts: expiry, ip_address: ip } = readFields(answer)
  if (!isKey(simpleKey)) return malformed(answer, 'a simple_key')
  return createSession(simpleKey, {
    expiresAtMs: parseDateTime(expiry),
    expirationDts: isText(expiry) ? expiry : undefined,
    ipAddress: isText(ip) ? ip : undefined,
  })
}
