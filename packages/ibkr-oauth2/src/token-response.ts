/**
 * The answer to a token request: an access token, or a refusal with its likely cause.
 */
import { type PlatformResponse, receiveResponse } from '@isoauth/core-client'
import { newError } from './internal/errors.ts'
import { type AccessToken, processExchange } from './internal/token-exchange.ts'
import { PendingToken } from './token-request.ts'

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
  const exchange = PendingToken.valuesOf(pending)
  return processExchange(await receiveResponse(newError, response), exchange)
}
