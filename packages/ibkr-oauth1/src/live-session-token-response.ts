/**
 * The answer to a live session token request: the server's half of the exchange, from which the
 * token is derived and without whose proof it is refused.
 */
import { type PlatformResponse, type ReceivedAnswer, receiveResponse } from '@isoauth/core-client'
import { computeDhSharedSecret } from '@isoauth/core-crypto'
import { deriveToken, isTokenProof } from './internal/derivation.ts'
import { raise } from './internal/raise.ts'
import { differenceMs, fieldError, readAnswer } from './internal/service-error.ts'
import { remainingLifeMs } from './live-session-token-expiry.ts'
import {
  type Exchange,
  type OnStep,
  PendingLiveSessionToken,
} from './live-session-token-request.ts'
import { LiveSessionToken } from './session-token.ts'

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
  return processHandshake(await receiveResponse(raise, response), exchange, () => {})
}

/** @internal */
export function processHandshake(
  answer: ReceivedAnswer,
  { session, privateKey, secret, signedAtMs }: Exchange,
  onStep: OnStep,
): LiveSessionToken {
  const { now, consumerKey, dhParameters: parameters } = session
  const aheadMs = differenceMs(answer, signedAtMs)
  const { fields, details } = readAnswer(answer, now, aheadMs)
  onStep('answer-received')

  // The vendor's schema names the field like the challenge; its example and service, like this.
  const answerHex = fields['diffie_hellman_response'] ?? fields['diffie_hellman_challenge']
  if (typeof answerHex !== 'string' || !/^[0-9a-f]{1,4096}$/i.test(answerHex)) {
    throw fieldError('diffie_hellman_response', 'a hex number', details)
  }
  const signature = fields['live_session_token_signature']
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature)) {
    throw fieldError('live_session_token_signature', '40 hex digits', details)
  }
  const sharedSecret = agree({ parameters, privateKey, peerPublicKey: BigInt(`0x${answerHex}`) })
  onStep('shared-secret-computed')
  const token = deriveToken(sharedSecret, secret)
  if (!isTokenProof(token, signature, consumerKey)) {
    throw raise('LST_SIGNATURE_MISMATCH', `The server's proof does not fit: ${CAUSES}`)
  }
  onStep('token-verified')

  const obtainedAtMs = now()
  const expiration = fields['live_session_token_expiration']
  const lifeMs = remainingLifeMs(expiration, signedAtMs + (aheadMs || 0))
  return new LiveSessionToken(token, obtainedAtMs + lifeMs, obtainedAtMs)
}

function agree(values: Parameters<typeof computeDhSharedSecret>[0]): bigint {
  try {
    return computeDhSharedSecret(values)
  } catch {
    // Our half is sound, so the server's is not.
    throw raise('DH_RESPONSE_RANGE', `The server's value does not fit: ${CAUSES}`)
  }
}

const CAUSES = 'check dhParameters, consumerKey and accessTokenSecret.'
