/**
 * The client of UltraCart's single sign-on: authorize, callback, exchange, session user, revoke.
 */
import {
  createOptionReader,
  type PlatformAbortSignal,
  type PlatformUrl,
  readSignal,
  refuseOption,
} from '@isoauth/core-client'
import {
  parseDateTime,
  readFields,
  readLoginUrl,
  refuseFailure,
  refusePage,
} from './internal/answer.ts'
import { type Answer, type Call, send } from './internal/call.ts'
import {
  type CallbackContent,
  callbackUsed,
  createSingleUse,
  readCallback,
  type ValidatedCallback,
} from './internal/callback.ts'
import { newError, type UltraCartSsoError } from './internal/errors.ts'
import {
  checkTransaction,
  digestOf,
  randomState,
  type UltraCartTransaction,
} from './internal/login-transaction.ts'
import { createQueue } from './internal/queue.ts'
import { readSession, type UltraCartSession, type UltraCartSessionKey } from './internal/session.ts'
import {
  checkOptions,
  type Settings,
  sessionCredential,
  type UltraCartSsoOptions,
} from './internal/settings.ts'
import { readUser, type UltraCartUser } from './internal/user.ts'

/** What every call takes. */
export interface UltraCartCallOptions {
  /** Ends the call, also while it waits for its turn or to try again. */
  readonly signal?: PlatformAbortSignal | null | undefined
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
  const settings = checkOptions(options)
  const { redirectUri, credential } = settings
  const queue = createQueue(settings.timeoutMs)
  const singleUse = createSingleUse()
  const callbacks = new WeakMap<object, CallbackContent>()
  const call = (what: Call) => keepAlive(settings, send(settings, queue, what))

  return {
    async authorize(callOptions) {
      const signal = signalOf(callOptions)
      const state = randomState()
      const stateDigest = await digestOf(state)
      const ownEndMs = settings.now() + LOGIN_MS
      const body = { redirect_uri: redirectUri, state }
      const secrets = [state]
      const answer = await call({ operation: 'authorize', credential, body, secrets, signal })
      const fields = readFields(answer)
      const loginUrl = readLoginUrl(answer, fields['login_url'], settings)
      const expiresAtMs = Math.min(parseDateTime(fields['expiration_dts']) ?? ownEndMs, ownEndMs)
      if (expiresAtMs <= settings.now()) throw overAlready(answer)
      return { loginUrl, transaction: { stateDigest, redirectUri, expiresAtMs } }
    },

    async validateCallback(callbackUrl, validation) {
      const transaction = checkTransaction(validation?.transaction)
      const content = await readCallback(callbackUrl, transaction, { ...settings, ...singleUse })
      const callback = {} as ValidatedCallback
      callbacks.set(callback, content)
      return callback
    },

    async exchangeCode(callback, callOptions) {
      const content = callbacks.get(callback)
      if (!content) {
        const form = 'what validateCallback of this client gave'
        return refuseOption(newError, 'callback', callback, form)
      }
      const signal = signalOf(callOptions)
      const { code, state } = content
      if (!singleUse.isFirstUse(await digestOf(code))) throw callbackUsed()
      const body = { code, grant_type: 'simple_key' }
      const secrets = [code, state]
      return readSession(await call({ operation: 'token', credential, body, secrets, signal }))
    },

    async user(session, callOptions) {
      const ownCredential = sessionCredential(session)
      const signal = signalOf(callOptions)
      return readUser(await call({ operation: 'user', credential: ownCredential, signal }))
    },

    async revoke(session, callOptions) {
      const ownCredential = sessionCredential(session)
      const signal = signalOf(callOptions)
      const answer = await call({ operation: 'revoke', credential: ownCredential, signal })
      // The first attempt's answer was lost, and the key is dead: it was done.
      if (answer.attempts > 1 && answer.facts.status === 401) return
      refuseFailure(answer)
      refusePage(answer)
    },
  }
}

function signalOf(callOptions: UltraCartCallOptions | undefined): PlatformAbortSignal | undefined {
  const signal = readSignal(createOptionReader(callOptions, newError))
  signal?.throwIfAborted()
  return signal
}

/** Tells the runtime of the work, so that it does not end together with a request. */
function keepAlive<T>({ waitUntil }: Settings, work: Promise<T>): Promise<T> {
  const nothing = () => undefined
  waitUntil?.(work.then(nothing, nothing))
  return work
}

function overAlready({ facts }: Answer): UltraCartSsoError {
  const message =
    'The login is over before it began: by expiration_dts of the answer its end has passed. Most likely the clock of this machine is fast.'
  return newError('LOGIN_EXPIRED', `${message} Set it, and start a new login.`, facts)
}
