/**
 * The client of IBKR's OAuth 2.0: one access token, kept and renewed, and calls of the gateway API
 * that carry it.
 */
import {
  checkSharing,
  chooseWord,
  createAuthorizedFetch,
  createClock,
  createListeners,
  createTokenSource,
  deserializeBearer,
  type FetchFunction,
  isBearer,
  optionalFunction,
  optionalSignal,
  type PlatformAbortSignal,
  type RetryUnauthorized,
  refuseOption,
  requireOptions,
  type SharingOptions,
  serializeBearer,
} from '@isoauth/core-client'
import { type EchoResponse, echo } from './echo.ts'
import type { IbkrOAuth2Event } from './events.ts'
import { raise } from './internal/raise.ts'
import {
  checkSending,
  checkSettings,
  type SendOptions,
  type TokenOptions,
} from './internal/settings.ts'
import { createTokenCall } from './internal/token-call.ts'
import { makeAssertion, makeSignedBody } from './signed-jwt.ts'
import type { AccessToken } from './token-response.ts'

/** The options of {@link createIbkrOAuth2}. */
export type IbkrOAuth2Options = TokenOptions &
  SendOptions &
  SharingOptions & {
    /** Which requests are repeated once after a 401. Default: `safe` (GET and HEAD). */
    readonly retryUnauthorized?: RetryUnauthorized | undefined
    /** Told of renewals, repairs and reduced scopes; what it throws is dropped. */
    readonly onEvent?: ((event: IbkrOAuth2Event) => void) | undefined
  }

/** What {@link createIbkrOAuth2} gives. */
export interface IbkrOAuth2 {
  /**
   * The current access token, asked for or renewed as needed.
   *
   * @param options.replacing - the `value` of a token that failed: a new one is asked for unless it is
   *   less than a minute old or already replaced
   */
  accessToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: string | undefined
  }): Promise<AccessToken>
  /**
   * Like the platform's `fetch`, below `/gw/api/v1` of the base URL and with the bearer. A string that
   * is no URL is a path below `/gw/api/v1`, which may also be written out. After a 401 the token is
   * renewed once and, where `retryUnauthorized` allows, the request repeated once; any other status
   * resolves. Redirects reject.
   *
   * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_URL_REFUSED`, `IBKR_OAUTH2_REDIRECT_REFUSED`,
   *   `IBKR_OAUTH2_TIMEOUT`, and what the token call throws; network errors and aborts pass unchanged
   */
  readonly fetch: FetchFunction
  /**
   * Signs the body of a gateway call under the policy SIGNED_JWT: the claims, then `iss`, `exp`, `iat`.
   * Nothing is sent. Its clock is the server's once a token was asked for.
   *
   * @param claims - a JSON object without `iss`, `iat` and `exp`
   * @param options.expiresInSeconds - 1 to 86400. Default: 60
   * @returns a compact JWS, sent as it is with `Content-Type: application/jwt`
   */
  signJwt(
    claims: object,
    options?: { readonly expiresInSeconds?: number | undefined },
  ): Promise<string>
  /** A fresh client assertion, good for one use and a few seconds. */
  clientAssertion(): Promise<string>
  /** `GET echo/https`, scope `echo.read`: proves client, key, clock, scope and network path. */
  echoHttps(options?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<EchoResponse>
  /** `POST echo/signed-jwt`, scope `echo.write`: proves the signature of bodies too. */
  echoSignedJwt(options?: {
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<EchoResponse>
}

const GATEWAY = '/gw/api/v1'
const SIGNED_ECHO = '/echo/signed-jwt'
/** An access token is renewed a minute early, or in the last tenth of a shorter life. */
const EARLY_MS = 60_000

/**
 * Makes a client. Nothing is sent, and no key imported, before it is first used; options are checked
 * at once.
 *
 * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_OPTION_INVALID` with the field `option`
 *
 * Security: the key speaks for the firm. Keep it on a server or at the edge, never in a public page,
 * and use it for nothing else.
 *
 * @example
 * ```ts
 * const ibkr = createIbkrOAuth2({ clientId, keyId: 'main', privateKey: pem, scope: 'echo.read' })
 * console.log(await ibkr.echoHttps())
 * ```
 *
 * Source: RFC 6749 section 4.4, RFC 7523; the broker's "OAuth 2.0" pages and its description of the
 * gateway API.
 */
export function createIbkrOAuth2(options: IbkrOAuth2Options): IbkrOAuth2 {
  requireOptions(raise, options)
  const settings = checkSettings(options)
  const sending = checkSending(options)
  checkSharing(raise, options)
  const retryUnauthorized = chooseWord(raise, 'retryUnauthorized', options.retryUnauthorized, [
    'safe',
    'replayable',
    'never',
  ])
  const onEvent = optionalFunction(raise, 'onEvent', options.onEvent)
  const { base, scopes, userAgent } = settings
  const { now, fetch, timeoutMs } = sending

  const events = createListeners<IbkrOAuth2Event>()
  if (onEvent !== undefined) events.add(onEvent)
  const { emit } = events
  const clock = createClock(now)
  const tokens = createTokenSource({
    matches: isBearer,
    serialize: serializeBearer,
    deserialize: deserializeBearer,
    renew: createTokenCall({ settings, clock, emit, ...sending }),
    packageName: 'ibkr-oauth2',
    identity: [settings.tokenUrl, settings.clientId, settings.keyId, ...[...scopes].sort()],
    store: options.store,
    storeKey: options.storeKey,
    lock: options.lock,
    earlyMs: EARLY_MS,
    now,
    onEvent: emit,
  })
  const authorized = createAuthorizedFetch<AccessToken>({
    raise,
    base: { ...base, href: base.href + GATEWAY, path: base.path + GATEWAY },
    fetch,
    timeoutMs,
    userAgent,
    retryUnauthorized,
    safePosts: [SIGNED_ECHO],
    token: ({ signal, replacing }) => tokens.get({ signal, replacing: replacing?.value }),
    authorize: ({ value }) => `Bearer ${value}`,
    repair: () => false,
    onRenewalFailed: (error) =>
      emit({ type: 'renewal-failed', code: (error as { code?: string } | undefined)?.code }),
  })
  const signJwt = (claims: unknown, expiresInSeconds?: unknown) =>
    makeSignedBody(settings, clock, claims, expiresInSeconds)
  const echoOptions = async (abort: PlatformAbortSignal | undefined) => {
    const signal = optionalSignal(raise, abort)
    const { value } = await tokens.get({ signal })
    return { fetch: authorized, timeoutMs, now, signal, secrets: [value] }
  }
  const gateway = base.href + GATEWAY

  return {
    async accessToken({ signal, replacing } = {}) {
      if (replacing !== undefined && typeof replacing !== 'string') {
        refuseOption(raise, 'replacing', replacing, 'the value of a token')
      }
      return await tokens.get({ signal: optionalSignal(raise, signal), replacing })
    },
    fetch: (input, init) => {
      const isWrittenOut = typeof input === 'string' && input.startsWith(`${GATEWAY}/`)
      return authorized(isWrittenOut ? base.href + input : input, init)
    },
    async signJwt(claims, { expiresInSeconds } = {}) {
      return await signJwt(claims, expiresInSeconds)
    },
    clientAssertion: () => makeAssertion(settings, clock),
    async echoHttps({ signal } = {}) {
      return await echo(`${gateway}/echo/https`, await echoOptions(signal))
    },
    async echoSignedJwt({ signal } = {}) {
      // The token first: asking for it teaches the clock by which the body is dated.
      const echoing = await echoOptions(signal)
      const jws = await signJwt({})
      const secrets = [...echoing.secrets, jws]
      return await echo(gateway + SIGNED_ECHO, { ...echoing, secrets }, jws)
    },
  }
}
