/**
 * The answers of the two calls: an SSO bearer, a browser link, or a refusal.
 */
import { type PlatformResponse, receiveResponse } from '@isoauth/core-client'
import type { BrowserLink } from './internal/browser-link.ts'
import { newError } from './internal/errors.ts'
import {
  processBrowserSession,
  processSession,
  type SsoBearer,
} from './internal/session-exchange.ts'
import { PendingSession } from './session-request.ts'

/**
 * Validates the answer to `POST /gw/api/v1/sso-sessions`.
 *
 * @param response - the answer, its body unread
 * @param pending - from `prepareSsoSessionRequest`
 * @throws {@link IbkrSsoError} `…_RESPONSE_INVALID`, `…_SESSION_INACTIVE`, `…_UNAUTHORIZED`,
 *   `…_FORBIDDEN`, `…_RATE_LIMITED`, `…_UNAVAILABLE`, `…_REFUSED`
 *
 * Source: the broker's description, `CreateSessionResponse`.
 */
export async function processSsoSessionResponse(
  response: PlatformResponse,
  pending: PendingSession,
): Promise<SsoBearer> {
  const exchange = PendingSession.valuesOf(pending)
  return processSession(await receiveResponse(newError, response), exchange)
}

/**
 * Validates the answer to `POST /gw/api/v1/sso-browser-sessions`: the link must be https and of a
 * host on the list.
 *
 * @param response - the answer, its body unread
 * @param pending - from `prepareBrowserSessionRequest`
 * @throws {@link IbkrSsoError} as {@link processSsoSessionResponse}, and `IBKR_SSO_LINK_REFUSED`
 *
 * Source: the broker's description, `CreateBrowserSessionResponse`, of whose `access_token` no answer
 * has any.
 */
export async function processBrowserSessionResponse(
  response: PlatformResponse,
  pending: PendingSession,
): Promise<BrowserLink> {
  const { links, ...exchange } = PendingSession.valuesOf(pending)
  return processBrowserSession(await receiveResponse(newError, response), exchange, links)
}
