/**
 * The token request: grant `client_credentials`, client authentication `private_key_jwt`
 * (RFC 6749 section 4.4, RFC 7523 section 2.2).
 */
import {
  type Clock,
  createClock,
  type PlatformRequest,
  requireOptions,
  requireText,
  setUserAgent,
} from '@isoauth/core-client'
import { raise } from './internal/raise.ts'
import {
  checkSending,
  checkSettings,
  type Settings,
  type TokenOptions,
} from './internal/settings.ts'
import { makeAssertion } from './signed-jwt.ts'

/** What {@link prepareTokenRequest} takes. */
export type TokenRequestOptions = TokenOptions & {
  /** The assertion's `jti`, for tests with known answers. Default: as `includeJti` says. */
  readonly jti?: string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What the answer is processed with; opaque, and prints nothing. */
export class PendingToken {
  readonly #kept: PendingValues

  /** @internal */
  constructor(kept: PendingValues) {
    this.#kept = kept
  }

  /** @internal */
  static valuesOf(pending: PendingToken): PendingValues {
    if (typeof pending === 'object' && pending !== null && #kept in pending) return pending.#kept
    const option = 'pending'
    throw raise('OPTION_INVALID', 'Option pending must come from prepareTokenRequest.', { option })
  }
}

/** @internal */
export interface PendingValues {
  readonly assertion: string
  readonly scopes: readonly string[]
  readonly fallbackLifetimeSeconds: number
  /** Before the request was sent, in milliseconds since 1970 on this machine's clock. */
  readonly requestedAtMs: number
  readonly now: () => number
  readonly clock: Clock
}

/** A request to send once, and what its answer is processed with. */
export interface PreparedTokenRequest {
  readonly request: PlatformRequest
  readonly pending: PendingToken
}

/**
 * Prepares the request for an access token. Nothing is sent.
 *
 * @returns the `POST` request, good for one use, and what `processTokenResponse` needs
 * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_OPTION_INVALID`; what a signing function throws
 *
 * @example
 * ```ts
 * const { request, pending } = await prepareTokenRequest({ clientId, keyId, privateKey, scope })
 * const { value } = await processTokenResponse(await fetch(request), pending)
 * ```
 *
 * Source: RFC 6749 section 4.4.2, RFC 7523 section 2.2; the broker's Python sample for OAuth 2.0.
 */
export async function prepareTokenRequest(
  options: TokenRequestOptions,
): Promise<PreparedTokenRequest> {
  requireOptions(raise, options)
  const settings = checkSettings(options)
  const { now } = checkSending({ now: options.now })
  const { jti } = options
  if (jti !== undefined) requireText(raise, 'jti', jti, 'a text used once')
  return await prepare(settings, createClock(now), now, jti)
}

/** @internal */
export async function prepare(
  settings: Settings,
  clock: Clock,
  now: () => number,
  jti?: string | undefined,
  extraSeconds?: number,
): Promise<PreparedTokenRequest> {
  const { scopes, fallbackLifetimeSeconds } = settings
  const assertion = await makeAssertion(settings, clock, jti, extraSeconds)
  const form = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', assertion],
    ...(settings.includeClientId ? [['client_id', settings.clientId]] : []),
    ['scope', scopes.join(' ')],
  ])
  const headers = new Headers({
    accept: ACCEPT,
    // As text, or else the platform adds a charset.
    'content-type': 'application/x-www-form-urlencoded',
  })
  setUserAgent(headers, settings.userAgent)
  const body = form.toString()
  const request = new Request(settings.tokenUrl, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  })
  const requestedAtMs = now()
  const kept = { assertion, scopes, fallbackLifetimeSeconds, requestedAtMs, now, clock }
  return { request, pending: new PendingToken(kept) }
}

/** @internal */
export const ACCEPT = 'application/json, application/problem+json'
