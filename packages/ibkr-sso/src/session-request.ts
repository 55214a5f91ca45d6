/**
 * The two requests of the gateway API: a bearer, and a compact JWS as the raw body.
 */
import type { PlatformRequest } from '@isoauth/core-client'
import { checkLinks, type LinkOptions, type LinkSettings } from './internal/browser-link.ts'
import { refuse } from './internal/errors.ts'
import {
  type Exchange,
  prepareExchange,
  readAccessToken,
  type SessionCall,
} from './internal/session-exchange.ts'
import {
  type BrowserSessionOptions,
  browserSessionClaims,
  checkEndpoint,
  type EndpointOptions,
  type EndpointSettings,
  type SessionOptions,
  type SsoAuthority,
  sessionClaims,
} from './internal/settings.ts'

/** What {@link prepareSsoSessionRequest} takes. */
export interface SsoSessionRequestOptions extends SessionOptions, EndpointOptions {
  readonly oauth2: SsoAuthority
}

/** What {@link prepareBrowserSessionRequest} takes. */
export interface BrowserSessionRequestOptions
  extends BrowserSessionOptions,
    EndpointOptions,
    LinkOptions {
  readonly oauth2: SsoAuthority
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
export interface PendingValues extends Exchange {
  readonly links: LinkSettings
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
  const settings = checkEndpoint(options)
  const claims = sessionClaims(options)
  return await prepare(settings, { path: '/sso-sessions', claims }, checkLinks({}))
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
  const settings = checkEndpoint(options)
  const claims = browserSessionClaims(options)
  return await prepare(settings, { path: '/sso-browser-sessions', claims }, checkLinks(options))
}

async function prepare(
  settings: EndpointSettings,
  call: Omit<SessionCall, 'accessToken'>,
  links: LinkSettings,
): Promise<PreparedSessionRequest> {
  const accessToken = await readAccessToken(settings)
  const { request, exchange } = await prepareExchange(settings, { ...call, accessToken })
  return { request, pending: new PendingSession({ ...exchange, links }) }
}
