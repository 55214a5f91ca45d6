/**
 * The answer to a token request: an access token, or a refusal with its likely cause.
 */
import {
  BearerToken,
  isTokenText,
  type PlatformResponse,
  type ReceivedAnswer,
  readAnswer,
  receiveResponse,
} from '@isoauth/core-client'
import { IbkrOAuth2Error } from './errors.ts'
import { raise } from './internal/raise.ts'
import { PendingToken, type PendingValues } from './token-request.ts'

/** An access token: `{ value, expiresAtMs, obtainedAtMs, scope }`, `value` left out of any print or JSON. */
export type AccessToken = BearerToken

/** A clock this far off, in milliseconds, is taken for the cause of a refusal. */
export const CLOCK_LEEWAY_MS = 5000

/**
 * Validates the answer to a token request.
 *
 * @param response - the answer, its body unread
 * @param pending - from `prepareTokenRequest`
 * @returns the token, its end and the scopes granted
 * @throws {@link IbkrOAuth2Error} by what the answer is: `…_RESPONSE_INVALID` (HTML, empty, cut off,
 *   wrong types), `…_ASSERTION_REFUSED`, `…_CLOCK_OFF`, `…_FORBIDDEN`, `…_RATE_LIMITED`,
 *   `…_UNAVAILABLE`, `…_REFUSED`
 *
 * Source: RFC 6749 sections 5.1 and 5.2, RFC 9457; the broker's description of `generateToken`.
 */
export async function processTokenResponse(
  response: PlatformResponse,
  pending: PendingToken,
): Promise<AccessToken> {
  const kept = PendingToken.valuesOf(pending)
  return processAnswer(await receiveResponse(raise, response), kept)
}

/** @internal */
export function processAnswer(answer: ReceivedAnswer, kept: PendingValues): AccessToken {
  const { assertion, now, requestedAtMs, scopes } = kept
  // NaN where the answer's Date cannot be read.
  const differenceMs = Date.parse(answer.headers.get('date') ?? '') - kept.clock.nowMs()
  const { fields, fieldError } = readAnswer(answer, {
    raise,
    now,
    secrets: [assertion],
    refusal(kind, message, details) {
      const isOfAssertion = details.status === 400 || kind === 'UNAUTHORIZED'
      if (!isOfAssertion || details.oauthError === 'invalid_scope') {
        return raise(kind, message, details)
      }
      const isOff = Math.abs(differenceMs) > CLOCK_LEEWAY_MS
      const code = isOff ? 'IBKR_OAUTH2_CLOCK_OFF' : 'IBKR_OAUTH2_ASSERTION_REFUSED'
      const cause = isOff ? describeClock(differenceMs) : CAUSES
      const hidden = Number.isNaN(differenceMs) ? ', and the clock' : ''
      return new IbkrOAuth2Error(`${message}. ${cause}${hidden}`, { ...details, code })
    },
  })
  const value = fields['access_token']
  if (!isTokenText(value)) throw fieldError('access_token', 'a token')
  if (!/^bearer$/i.test(String(fields['token_type'] ?? 'bearer'))) {
    throw fieldError('token_type', 'Bearer')
  }
  const life = fields['expires_in'] ?? kept.fallbackLifetimeSeconds
  // Some services write the number as text.
  const lifetime = typeof life === 'number' || typeof life === 'string' ? Number(life) : Number.NaN
  if (!(lifetime >= 1 && lifetime < 1e9)) throw fieldError('expires_in', 'seconds above 0')
  const granted = fields['scope'] ?? scopes.join(' ')
  if (typeof granted !== 'string') throw fieldError('scope', 'text')
  return new BearerToken(value, {
    obtainedAtMs: requestedAtMs,
    expiresAtMs: requestedAtMs + Math.floor(lifetime) * 1000,
    scope: granted,
  })
}

const CAUSES = 'Check clientId, keyId, audience, that this privateKey is the registered one'

function describeClock(differenceMs: number): string {
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  return `This clock is ${seconds} s ${differenceMs > 0 ? 'behind' : 'ahead of'} the server's`
}
