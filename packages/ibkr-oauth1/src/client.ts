/**
 * The client of IBKR's OAuth 1.0a: one live session token, kept and renewed, and requests signed
 * with it.
 */
import {
  checkSharing,
  chooseWord,
  createAuthorizedFetch,
  createListeners,
  createTokenSource,
  type FetchFunction,
  optionalFunction,
  optionalSignal,
  type PlatformAbortSignal,
  type PlatformUrl,
  type RetryUnauthorized,
  resolveUrl,
  type SharingOptions,
  type TokenSource,
} from '@isoauth/core-client'
import { timingSafeEqual } from '@isoauth/core-crypto'
import type { QuerySigning } from './base-string.ts'
import { upperMethod } from './base-string.ts'
import type { IbkrOAuth1Event } from './events.ts'
import { handshake } from './handshake.ts'
import { createClockRepair } from './internal/clock-repair.ts'
import { type CredentialOptions, checkTokenSession } from './internal/credentials.ts'
import { raise, refuse } from './internal/raise.ts'
import type { EndpointOptions, SendOptions } from './internal/session.ts'
import { createSessionSigner } from './internal/session-signer.ts'
import { deserializeToken, serializeToken } from './internal/stored-token.ts'
import type { LiveSessionToken } from './session-token.ts'

/** The options of {@link createIbkrOAuth1}. */
export type IbkrOAuth1Options = CredentialOptions &
  EndpointOptions &
  SendOptions &
  SharingOptions & {
    /** How the query takes part in signatures. Default: `omit`. */
    readonly querySigning?: QuerySigning | undefined
    /** Which requests are repeated once after a 401. Default: `safe` (GET and HEAD). */
    readonly retryUnauthorized?: RetryUnauthorized | undefined
    /** Told of steps, renewals and repairs; what it throws is dropped. */
    readonly onEvent?: ((event: IbkrOAuth1Event) => void) | undefined
  }

/** What {@link createIbkrOAuth1} gives. */
export interface IbkrOAuth1 {
  /**
   * Like the platform's `fetch`, below the base URL and signed. A string that is no URL is a path
   * below the base. After a 401 the token is renewed once and, where `retryUnauthorized` allows, the
   * request repeated once; any other status resolves. Redirects reject.
   *
   * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_URL_REFUSED`, `IBKR_OAUTH1_REDIRECT_REFUSED`,
   *   `IBKR_OAUTH1_TIMEOUT`, and what a handshake throws; network errors and aborts pass unchanged
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
  }): Promise<string>
  /** The address of the broker's WebSocket; it holds the access token. */
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
  const session = {
    ...options,
    ...checkTokenSession(options),
    querySigning: chooseWord(raise, 'querySigning', options.querySigning, ['omit', 'wire']),
    retryUnauthorized: chooseWord(raise, 'retryUnauthorized', options.retryUnauthorized, [
      'safe',
      'replayable',
      'never',
    ]),
  }
  const { base, signingBase, consumerKey, accessToken } = session
  checkSharing(raise, options)
  const { add, emit } = createListeners<IbkrOAuth1Event>()
  const onEvent = optionalFunction(raise, 'onEvent', options.onEvent)
  if (onEvent) add(onEvent)
  const sign = createSessionSigner(session)
  const repair = createClockRepair(session.clock, emit)

  const { get }: TokenSource<LiveSessionToken, { readonly token: Uint8Array }> = createTokenSource({
    ...session,
    renew: (signal) => handshake(session, emit, repair, signal),
    matches: (a, b) => timingSafeEqual(a.token, b.token),
    serialize: serializeToken,
    deserialize: deserializeToken,
    packageName: 'ibkr-oauth1',
    identity: [signingBase.href, consumerKey, accessToken],
    onEvent: emit,
  })

  return {
    fetch: createAuthorizedFetch<LiveSessionToken>({
      ...session,
      safePosts: SAFE_POSTS,
      token: get,
      authorize: sign,
      repair,
      onRenewalFailed: (error) =>
        emit({ type: 'renewal-failed', code: (error as { code?: string } | undefined)?.code }),
    }),
    async liveSessionToken({ signal, replacing } = {}) {
      if (replacing !== undefined && !(replacing instanceof Uint8Array)) {
        refuse('replacing', 'the bytes of a token')
      }
      return await get({
        signal: optionalSignal(raise, signal),
        replacing: replacing && { token: replacing },
      })
    },
    async authorizationHeader({ method, url }) {
      const request = { method: upperMethod(method), url: resolveUrl(raise, base, url) }
      return sign(await get(), request)
    },
    async webSocketUrl() {
      const query = new URLSearchParams({ oauth_token: accessToken })
      return `${base.href.replace('http', 'ws')}/ws?${query}`
    },
    onRenewed: (listener) => add(({ type }) => type === 'renewed' && listener()),
  }
}
