/**
 * The answer to a live session token request: the server's half of the exchange, from which the
 * token is derived and without whose proof it is refused.
 */
import { type PlatformResponse, receiveResponse } from '@isoauth/core-client'
import { newError } from './internal/errors.ts'
import { processHandshake } from './internal/handshake.ts'
import type { LiveSessionToken } from './internal/live-session-token.ts'
import { PendingLiveSessionToken } from './live-session-token-request.ts'

/**
 * Validates the answer to a live session token request, derives the token and verifies it.
 *
 * @param response - the answer, its body unread
 * @param pending - from `prepareLiveSessionTokenRequest`
 * @returns the token and when it ends
 * @throws {@link IbkrOAuth1Error} by what the answer is: `…_RESPONSE_INVALID` (HTML, empty, cut off,
 *   wrong types), `…_DH_RESPONSE_RANGE`, `…_LST_SIGNATURE_MISMATCH`, `…_CONSUMER_INVALID`,
 *   `…_ACCESS_TOKEN_UNKNOWN`, `…_NONCE_USED`, `…_CLOCK_OFF`, `…_CLOCK_UNKNOWN`, `…_UNAUTHORIZED`,
 *   `…_RATE_LIMITED`, `…_UNAVAILABLE`, `…_REFUSED`
 *
 * Source: the broker's pages "Compute the Live Session Token" and "Validate the Live Session Token".
 */
export async function processLiveSessionTokenResponse(
  response: PlatformResponse,
  pending: PendingLiveSessionToken,
): Promise<LiveSessionToken> {
  const exchange = PendingLiveSessionToken.valuesOf(pending)
  return processHandshake(await receiveResponse(newError, response), exchange, () => {})
}
