/**
 * The client of IBKR's OAuth 1.0a: one live session token, kept and renewed, and requests signed
 * with it.
 */
import {
  createTokenClient,
  type FetchFunction,
  type PlatformAbortSignal,
  type PlatformUrl,
  type RenewalOptions,
  readCommonSettings,
  readFlag,
  readSignal,
  readWord,
  resolveUrl,
} from '@isoauth/core-client'
import { type QuerySigning, upperMethod } from './internal/base-string.ts'
import { newError } from './internal/errors.ts'
import type { IbkrOAuth1Event } from './internal/events.ts'
import { makeKeyPair, obtainToken } from './internal/handshake.ts'
import { createClientSigner } from './internal/hmac-signer.ts'
import { createKeyPairSource } from './internal/key-pair-ahead.ts'
import { LIVE_SESSION_TOKEN, type LiveSessionToken } from './internal/live-session-token.ts'
import { createClockRepair } from './internal/oauth-call.ts'
import {
  type AccessTokenOptions,
  checkToken,
  credentialsOf,
  type EndpointOptions,
  readOptions,
  type SecretOptions,
  type SendOptions,
} from './internal/settings.ts'

/** The options of {@link createIbkrOAuth1} but for the secret. */
export interface IbkrOAuth1ClientOptions
  extends AccessTokenOptions,
    EndpointOptions,
    SendOptions,
    RenewalOptions {
  /** How the query takes part in signatures. Default: `omit`. */
  readonly querySigning?: QuerySigning | undefined
  /**
   * After each token that this client obtains, makes the secret exponent and the public key of the next exchange
   * at once, so that a renewal has one power of 2048 bits less to wait for (1 to 6 ms). Each pair is used once; it
   * stays in memory until then, and is made anew where it was lost. Default: `false`.
   */
  readonly prepareAhead?: boolean | undefined
  /** Told of steps, renewals and repairs; what it throws is dropped. */
  readonly onEvent?: ((event: IbkrOAuth1Event) => void) | undefined
}

/** The options of {@link createIbkrOAuth1}. */
export type IbkrOAuth1Options = IbkrOAuth1ClientOptions & SecretOptions

/** What {@link createIbkrOAuth1} gives. */
export interface IbkrOAuth1 {
  /**
   * Like the platform's `fetch`, below the base URL and signed. A string that is no URL is a path
   * below the base. After a 401 the token is renewed once and, where `retryUnauthorized` allows, the
   * request repeated once; any other status resolves. Redirects reject.
   *
   * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_URL_REFUSED`, `IBKR_OAUTH1_REDIRECT_REFUSED`,
   *   `IBKR_OAUTH1_TIMEOUT`, and what a handshake throws; network errors and aborts pass
   *   unchanged, but for errors that may hold the signed request, which become `IBKR_OAUTH1_NETWORK`
   */
  readonly fetch: FetchFunction
  /**
   * The current live session token, made or renewed as needed.
   *
   * @param options.replacing - a token that failed: a new one is made unless it is less than a minute
   *   old or already replaced
   */
  liveSessionToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: Uint8Array | undefined
  }): Promise<LiveSessionToken>
  /** The `Authorization` header for a request that is sent by other means; good for one use. */
  authorizationHeader(request: {
    readonly method: string
    readonly url: string | PlatformUrl
    /** Ends the wait for a handshake. */
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<string>
  /**
   * The address of the broker's WebSocket; it holds the access token, so keep it out of logs. It needs the
   * brokerage session too, which `POST /tickle` tells in `session`: as the cookie `api=<session>` of the
   * upgrade, or as the first frame `{"session":"<session>"}`.
   */
  webSocketUrl(): Promise<string>
  /** Calls `listener` after each renewal (a socket must reconnect then); gives a function to stop. */
  onRenewed(listener: () => void): () => void
}

/** POSTs that may be repeated without harm: they ask or re-open what is open. */
const SAFE_POSTS = ['/tickle', '/iserver/auth/status', '/iserver/auth/ssodh/init'] as const

/**
 * Makes a client. Nothing is sent, and no key imported, before it is first used; options are checked
 * at once.
 *
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID` with the field `option`
 *
 * Security: whoever holds the options can trade. In a browser page every visitor's machine holds
 * them; keep keys on a server or at the edge.
 *
 * @example
 * ```ts
 * const ibkr = createIbkrOAuth1({
 *   consumerKey, accessToken, accessTokenSecret, signatureKey, encryptionKey, dhParameters,
 * })
 * const accounts = await (await ibkr.fetch('/portfolio/accounts')).json()
 * ```
 *
 * Source: the broker's Web API documentation, section "OAuth 1.0a"; RFC 5849.
 */
export function createIbkrOAuth1(options: IbkrOAuth1Options): IbkrOAuth1 {
  const read = readOptions(options)
  const settings = {
    ...checkToken(options),
    ...readCommonSettings<IbkrOAuth1Event>(read),
    querySigning: readWord(read, 'querySigning', ['omit', 'wire']),
  }
  const { base, signingBase, consumerKey, accessToken, emit } = settings
  const sign = createClientSigner(settings)
  const repair = createClockRepair(settings.clock, emit)
  const keyPairs = createKeyPairSource({
    make: () => makeKeyPair(settings),
    isAhead: readFlag(read, 'prepareAhead'),
    waitUntil: settings.waitUntil,
  })
  const client = createTokenClient({
    ...settings,
    kind: LIVE_SESSION_TOKEN,
    async renew(signal) {
      const token = await obtainToken(settings, { keyPairs, repair, emit, signal })
      keyPairs.prepare()
      return token
    },
    packageName: 'ibkr-oauth1',
    identity: [signingBase.href, consumerKey, accessToken],
    authorize: sign,
    repair,
    undoRepair: settings.clock.undoRepair,
    credentials: () => credentialsOf(settings),
    safePosts: SAFE_POSTS,
  })

  return {
    fetch: client.fetch,
    liveSessionToken: client.token,
    async authorizationHeader(request) {
      const read = readOptions(request)
      const method = upperMethod(read.value('method'))
      const asked = { method, url: resolveUrl(newError, base, read.value('url')) }
      return sign(await client.token({ signal: readSignal(read) }), asked)
    },
    async webSocketUrl() {
      const query = new URLSearchParams({ oauth_token: accessToken })
      return `${base.href.replace('http', 'ws')}/ws?${query}`
    },
    onRenewed: client.onRenewed,
  }
}
