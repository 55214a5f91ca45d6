/**
 * The two requests of the gateway API: a bearer, and a compact JWS as the raw body.
 */
import {
  isTokenText,
  type PlatformRequest,
  requireOptions,
  setUserAgent,
} from '@isoauth/core-client'
import type { LandingActions } from './browser-link.ts'
import { checkActions, checkHosts } from './browser-link.ts'
import { raise, refuse } from './internal/raise.ts'
import {
  type BrowserSessionOptions,
  browserSessionClaims,
  checkSettings,
  type EndpointOptions,
  type SessionClaims,
  type SessionOptions,
  type Settings,
  type SsoAuthority,
  sessionClaims,
} from './internal/settings.ts'

/** What {@link prepareSsoSessionRequest} takes. */
export type SsoSessionRequestOptions = SessionOptions &
  EndpointOptions & { readonly oauth2: SsoAuthority }

/** What {@link prepareBrowserSessionRequest} takes. */
export type BrowserSessionRequestOptions = BrowserSessionOptions &
  EndpointOptions &
  LinkOptions & { readonly oauth2: SsoAuthority }

/** Where browser links may lead. */
export interface LinkOptions {
  /**
   * Hosts of browser links, each with its subdomains. Default: `interactivebrokers.com` and
   * `clientam.com`. The host of `baseUrl` is always allowed.
   */
  readonly linkHosts?: readonly string[] | undefined
  /** Landing actions with their parameters' names. Default: `TransferFunds` with `type`, `method`, `currency`. */
  readonly landingActions?: LandingActions | undefined
}

/** What the answer is processed with; opaque, and prints nothing. */
export class PendingSession {
  readonly #kept: PendingValues

  /** @internal */
  constructor(kept: PendingValues) {
    this.#kept = kept
  }

  /** @internal */
  static valuesOf(pending: PendingSession): PendingValues {
    if (typeof pending === 'object' && pending !== null && #kept in pending) return pending.#kept
    return refuse('pending', pending, 'what was prepared with the request')
  }
}

/** @internal */
export interface PendingValues extends Settings {
  /** The access token and the signed body, which no error may repeat. */
  readonly secrets: readonly string[]
  readonly requestedAtMs: number
  readonly links?: CheckedLinks | undefined
}

/** @internal */
export interface CheckedLinks {
  readonly hosts: readonly string[]
  readonly actions: LandingActions
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedSessionRequest {
  readonly request: PlatformRequest
  readonly pending: PendingSession
}

/**
 * Prepares the request for an SSO bearer. Nothing is sent but what `oauth2.accessToken()` sends.
 *
 * @throws {@link IbkrSsoError} `IBKR_SSO_OPTION_INVALID`; whatever `oauth2` throws
 *
 * Source: the broker's description of `POST /gw/api/v1/sso-sessions`.
 */
export async function prepareSsoSessionRequest(
  options: SsoSessionRequestOptions,
): Promise<PreparedSessionRequest> {
  const settings = checkSettings(options)
  const session = sessionClaims(options)
  return await prepare(settings, '/sso-sessions', session, await readAccessToken(settings))
}

/**
 * Prepares the request for a browser link. Nothing is sent but what `oauth2.accessToken()` sends.
 *
 * @throws {@link IbkrSsoError} `IBKR_SSO_OPTION_INVALID`; whatever `oauth2` throws
 *
 * Source: the broker's description of `POST /gw/api/v1/sso-browser-sessions`.
 */
export async function prepareBrowserSessionRequest(
  options: BrowserSessionRequestOptions,
): Promise<PreparedSessionRequest> {
  const settings = checkSettings(options)
  const session = browserSessionClaims(options)
  const links = checkLinks(options)
  const token = await readAccessToken(settings)
  return await prepare(settings, '/sso-browser-sessions', session, token, links)
}

/** @internal */
export function checkLinks(options: LinkOptions): CheckedLinks {
  requireOptions(raise, options)
  return { hosts: checkHosts(options.linkHosts), actions: checkActions(options.landingActions) }
}

/** @internal */
export async function readAccessToken(
  { oauth2 }: Settings,
  options: { readonly signal?: AbortSignal | undefined; readonly replacing?: string } = {},
): Promise<string> {
  const token = (await oauth2.accessToken(options)) as { readonly value?: unknown } | undefined
  if (isTokenText(token?.value)) return token.value
  return refuse('oauth2', token?.value, 'a client whose accessToken() gives { value }')
}

/** @internal */
export async function prepare(
  settings: Settings,
  path: '/sso-sessions' | '/sso-browser-sessions',
  { claims, expiresInSeconds }: SessionClaims,
  accessToken: string,
  links?: CheckedLinks,
): Promise<PreparedSessionRequest> {
  const { oauth2, base, userAgent, now } = settings
  const body: unknown = await oauth2.signJwt(claims, { expiresInSeconds })
  if (!isTokenText(body)) return refuse('oauth2', body, 'a client whose signJwt() gives a JWS')
  const headers = new Headers({
    accept: 'application/json, application/problem+json',
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/jwt',
  })
  setUserAgent(headers, userAgent)
  const request = new Request(`${base.href}/gw/api/v1${path}`, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  })
  const secrets = [accessToken, body]
  return {
    request,
    pending: new PendingSession({ ...settings, secrets, requestedAtMs: now(), links }),
  }
}
