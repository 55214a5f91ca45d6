/**
 * The client of IBKR's SSO sessions: bearers for the trading API, kept and renewed layer by layer,
 * and links that sign a browser in.
 */
import {
  BEARER,
  createHeldCall,
  createTokenClient,
  type FetchFunction,
  type HeldCall,
  type PlatformAbortSignal,
  type RenewalOptions,
  readCommonSettings,
  readSignal,
} from '@isoauth/core-client'
import { type BrowserLink, checkLinks, type LinkOptions } from './internal/browser-link.ts'
import type { IbkrSsoEvent } from './internal/events.ts'
import {
  callGateway,
  credentialsOf,
  processBrowserSession,
  processSession,
  type SsoBearer,
} from './internal/session-exchange.ts'
import {
  type BrowserSessionOptions,
  browserSessionClaims,
  checkEndpoint,
  type EndpointOptions,
  isPublicAddress,
  nameOf,
  readOptions,
  type SessionClaims,
  type SessionOptions,
  type SsoAuthority,
  sessionClaims,
} from './internal/settings.ts'

/** The options of {@link createIbkrSso}. */
export interface IbkrSsoOptions extends EndpointOptions, LinkOptions, RenewalOptions {
  /** A client of `@isoauth/ibkr-oauth2` with the scopes needed, or anything with its two methods. */
  readonly oauth2: SsoAuthority
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for a session call, or until the headers of other answers. Default: 20000. */
  readonly timeoutMs?: number | undefined
  /** Told of renewals and doubtful addresses; what it throws is dropped. */
  readonly onEvent?: ((event: IbkrSsoEvent) => void) | undefined
}

/** What {@link IbkrSso.createSession} takes. */
export interface SsoSessionCallOptions extends SessionOptions {
  /** Ends the call; a session that others wait for too goes on. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** What {@link IbkrSso.createBrowserSession} takes. */
export interface BrowserSessionCallOptions extends BrowserSessionOptions {
  /** Ends the call. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** A session of one user of the broker, for software that acts as the user. */
export interface IbkrSsoSession {
  /**
   * Like the platform's `fetch`, below `/v1/api` of the base URL and with the SSO bearer. A string that
   * is no URL is a path below `/v1/api`, which may also be written out. After a 401 the bearer is
   * renewed once (and the access token, if that is refused in turn) and, where `retryUnauthorized`
   * allows, the request repeated once; any other status resolves. Redirects reject.
   *
   * @throws {@link IbkrSsoError} `IBKR_SSO_URL_REFUSED`, `IBKR_SSO_REDIRECT_REFUSED`, `IBKR_SSO_TIMEOUT`,
   *   and what a renewal throws; network errors and aborts pass
   *   unchanged, but for errors that may hold the signed request, which become `IBKR_SSO_NETWORK`
   */
  readonly fetch: FetchFunction
  /**
   * The current SSO bearer, made or renewed as needed.
   *
   * @param options.replacing - the `value` of a bearer that failed: a new one is made unless it is less
   *   than a minute old or already replaced
   */
  accessToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: string | undefined
  }): Promise<SsoBearer>
  /**
   * The address of the broker's WebSocket; it holds the bearer, so keep it out of logs. It needs the
   * brokerage session too, which `POST /tickle` tells in `session`: as the cookie `api=<session>` of the
   * upgrade, or as the first frame `{"session":"<session>"}`.
   */
  webSocketUrl(): Promise<string>
  /** Calls `listener` after each renewal (a socket must reconnect then); gives a function to stop. */
  onRenewed(listener: () => void): () => void
}

/** What {@link createIbkrSso} gives. */
export interface IbkrSso {
  /**
   * Opens a session of a user, or joins the one that this client has for the same user and addresses.
   *
   * @throws {@link IbkrSsoError} `IBKR_SSO_OPTION_INVALID` before any request, `IBKR_SSO_SESSION_INACTIVE`,
   *   `IBKR_SSO_UNAUTHORIZED`, `IBKR_SSO_FORBIDDEN` and the like; whatever `oauth2` throws
   */
  createSession(options: SsoSessionCallOptions): Promise<IbkrSsoSession>
  /**
   * Makes a link that signs the user's browser in to the broker's portal: to be opened once, from the
   * address `ip`. Every call makes a new one; after a failure calls are held back for this user and address.
   *
   * @throws {@link IbkrSsoError} as {@link IbkrSso.createSession}, and `IBKR_SSO_LINK_REFUSED`
   */
  createBrowserSession(options: BrowserSessionCallOptions): Promise<BrowserLink>
}

const TRADING = '/v1/api'
/** POSTs that may be repeated without harm: they ask or re-open what is open. */
const SAFE_POSTS = ['/tickle', '/iserver/auth/status', '/iserver/auth/ssodh/init'] as const
/** A session that nobody asked for in so long a time is not kept for joining. */
const KEPT_MS = 86_400_000
/** No longer than this are links held back, so no longer need be known that they are. */
const LONGEST_PAUSE_MS = 3_600_000
/** A bearer is renewed a minute early. */
const EARLY_MS = 60_000

/**
 * Makes a client. Nothing is sent before it is first used; options are checked at once.
 *
 * @throws {@link IbkrSsoError} `IBKR_SSO_OPTION_INVALID` with the field `option`
 *
 * @example
 * ```ts
 * const oauth2 = createIbkrOAuth2({ clientId, keyId, privateKey, scope: 'sso-sessions.write' })
 * const session = await createIbkrSso({ oauth2 }).createSession({ credential, ip })
 * const accounts = await (await session.fetch('/portfolio/accounts')).json()
 * ```
 *
 * Source: the broker's description of the gateway API; its samples for OAuth 2.0.
 */
export function createIbkrSso(options: IbkrSsoOptions): IbkrSso {
  const settings = {
    ...checkEndpoint(options),
    ...readCommonSettings<IbkrSsoEvent>(readOptions(options)),
  }
  const links = checkLinks(options)
  const { base, now, emit } = settings
  const credentials = (signal: PlatformAbortSignal) => credentialsOf(settings, signal)
  const sessions = createRegistry<IbkrSsoSession>(now, KEPT_MS)
  const linkCalls = createRegistry<HeldCall<BrowserLink>>(now, LONGEST_PAUSE_MS)

  const warn = ({ addresses }: SessionClaims) => {
    for (const [option, address] of addresses) {
      if (!isPublicAddress(address)) emit({ type: 'address-not-public', option })
    }
  }

  function openSession(claims: SessionClaims, name: string): IbkrSsoSession {
    const client = createTokenClient({
      ...settings,
      kind: BEARER,
      path: TRADING,
      renew: (signal) =>
        callGateway(settings, { path: '/sso-sessions', claims, signal, read: processSession }),
      packageName: 'ibkr-sso',
      identity: [base.href, name],
      credentials,
      earlyMs: EARLY_MS,
      authorize: ({ value }) => `Bearer ${value}`,
      safePosts: SAFE_POSTS,
    })
    return {
      fetch: client.fetch,
      accessToken: client.token,
      async webSocketUrl() {
        const url = new URL(`${base.href.replace(/^http/, 'ws')}${TRADING}/ws`)
        url.searchParams.set('sessionToken', (await client.token()).value)
        return url.href
      },
      onRenewed: client.onRenewed,
    }
  }

  function linkCall(claims: SessionClaims, name: string): HeldCall<BrowserLink> {
    return createHeldCall({
      ...settings,
      packageName: 'ibkr-sso',
      identity: [base.href, 'browser', name],
      credentials,
      onEvent: emit,
      send: (signal) =>
        callGateway(settings, {
          path: '/sso-browser-sessions',
          claims,
          signal,
          read: (answer, exchange) => processBrowserSession(answer, exchange, links),
        }),
    })
  }

  return {
    async createSession(about) {
      const claims = sessionClaims(about)
      const signal = readSignal(readOptions(about))
      warn(claims)
      const session = sessions(claims, openSession)
      await session.accessToken({ signal })
      return session
    },
    async createBrowserSession(about) {
      const claims = browserSessionClaims(about)
      const signal = readSignal(readOptions(about))
      warn(claims)
      return await linkCalls(claims, linkCall)(signal)
    },
  }
}

/** What there is for the same claims, or what `make` makes of them; forgotten when nobody asks for it. */
type Registry<T> = (about: SessionClaims, make: (about: SessionClaims, name: string) => T) => T

function createRegistry<T>(now: () => number, keptMs: number): Registry<T> {
  // In the order of their last use.
  const entries = new Map<string, { readonly value: T; readonly usedMs: number }>()
  return (about, make) => {
    const usedMs = now()
    for (const [name, kept] of entries) {
      if (usedMs - kept.usedMs <= keptMs) break
      entries.delete(name)
    }
    const name = nameOf(about)
    const value = entries.get(name)?.value ?? make(about, name)
    entries.delete(name)
    entries.set(name, { value, usedMs })
    return value
  }
}
