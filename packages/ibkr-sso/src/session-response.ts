/**
 * The answers of the two calls: an SSO bearer, a browser link, or a refusal.
 */
import {
  BearerToken,
  isTokenText,
  type PlatformResponse,
  type ReceivedAnswer,
  readAnswer,
  receiveResponse,
} from '@isoauth/core-client'
import {
  type BrowserLink,
  issueLink,
  LANDING_ACTIONS,
  LINK_HOSTS,
  readLink,
} from './browser-link.ts'
import { raise } from './internal/raise.ts'
import { PendingSession, type PendingValues } from './session-request.ts'

/** An SSO bearer: `{ value, expiresAtMs, obtainedAtMs }`, `value` left out of any print or JSON. */
export type SsoBearer = BearerToken

/** The broker tells no end; no session outlives a day, and a 401 tells of an earlier end. */
const LIFE_MS = 86_400_000

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
  return processSessionAnswer(await receive(response, pending), pending)
}

/** @internal */
export function processSessionAnswer(answer: ReceivedAnswer, pending: PendingSession): SsoBearer {
  const { kept, fields, fieldError } = read(answer, pending)
  const value = fields['access_token']
  if (!isTokenText(value)) throw fieldError('access_token', 'a token')
  const obtainedAtMs = kept.requestedAtMs
  return new BearerToken(value, { obtainedAtMs, expiresAtMs: obtainedAtMs + LIFE_MS })
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
  return processLinkAnswer(await receive(response, pending), pending)
}

/** @internal */
export function processLinkAnswer(answer: ReceivedAnswer, pending: PendingSession): BrowserLink {
  const { kept, fields, fieldError } = read(answer, pending)
  const { base, now, requestedAtMs } = kept
  const { hosts, actions } = kept.links ?? { hosts: LINK_HOSTS, actions: LANDING_ACTIONS }
  const text = fields['url']
  if (typeof text !== 'string' || text === '') throw fieldError('url', 'a link')
  const url = readLink(text, base, hosts)
  if (url === undefined) {
    throw raise('LINK_REFUSED', 'The link is not https, or of no host of the option linkHosts.', {
      status: answer.status,
    })
  }
  return issueLink(url, { requestedAtMs, now, actions })
}

function receive(response: PlatformResponse, pending: PendingSession): Promise<ReceivedAnswer> {
  PendingSession.valuesOf(pending)
  return receiveResponse(raise, response)
}

function read(answer: ReceivedAnswer, pending: PendingSession) {
  const kept: PendingValues = PendingSession.valuesOf(pending)
  const { fields, fieldError } = readAnswer(answer, { ...kept, raise, refusal: raise })
  const { active } = fields
  if (active !== undefined && active !== true) {
    const { status } = answer
    throw raise('SESSION_INACTIVE', 'The service says that the session is not active.', { status })
  }
  return { fields, fieldError, kept }
}
