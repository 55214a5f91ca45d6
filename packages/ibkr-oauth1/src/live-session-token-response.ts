/**
 * The answer to a live session token request: the server's half of the exchange, from which the
 * token is derived and without whose proof it is refused.
 */
import { computeDhSharedSecret, hasCode } from '@isoauth/core-crypto'
import { IbkrOAuth1Error } from './errors.ts'
import { raise } from './internal/raise.ts'
import { fieldError, readAnswer } from './internal/service-error.ts'
import { computeLiveSessionToken, verifyLiveSessionToken } from './live-session-token.ts'
import { remainingLifeMs } from './live-session-token-expiry.ts'
import {
  type OnStep,
  PendingLiveSessionToken,
  type PendingValues,
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
  response: Response,
  pending: PendingLiveSessionToken,
): Promise<LiveSessionToken> {
  return processHandshake(response, pending)
}

/** @internal */
export async function processHandshake(
  response: Response,
  pending: PendingLiveSessionToken,
  onStep?: OnStep,
): Promise<LiveSessionToken> {
  const kept = PendingLiveSessionToken.valuesOf(pending)
  requireResponse(response)
  const { now, consumerKey } = kept
  const date = Date.parse(response.headers.get('date') ?? '')
  const serverNowMs = Number.isNaN(date) ? undefined : date
  const { fields, details } = await readAnswer(response, {
    now,
    differenceMs: serverNowMs === undefined ? undefined : serverNowMs - kept.signedAtMs,
  })
  onStep?.('answer-received')

  // The vendor's schema names the field like the challenge; its example and service, like this.
  const answerHex = fields['diffie_hellman_response'] ?? fields['diffie_hellman_challenge']
  if (typeof answerHex !== 'string' || !/^[0-9a-f]{1,4096}$/i.test(answerHex)) {
    throw fieldError('diffie_hellman_response', 'a hex number', details)
  }
  const signature = fields['live_session_token_signature']
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature)) {
    throw fieldError('live_session_token_signature', '40 hex digits', details)
  }
  const sharedSecret = agree(kept, BigInt(`0x${answerHex}`))
  onStep?.('shared-secret-computed')
  const token = computeLiveSessionToken({ sharedSecret, accessTokenSecret: kept.secret })
  if (!verifyLiveSessionToken({ token, signature, consumerKey })) throw mismatch()
  onStep?.('token-verified')

  const obtainedAtMs = now()
  const expiration = fields['live_session_token_expiration']
  const lifeMs = remainingLifeMs(expiration, serverNowMs ?? kept.signedAtMs)
  return new LiveSessionToken(token, { obtainedAtMs, expiresAtMs: obtainedAtMs + lifeMs })
}

function agree({ parameters, privateKey }: PendingValues, peerPublicKey: bigint): bigint {
  try {
    return computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
  } catch (error) {
    if (!hasCode(error, 'CRYPTO_DH_PUBLIC_KEY_RANGE')) throw error
    throw new IbkrOAuth1Error(
      'The server’s Diffie-Hellman value is outside of 2 … p-2, so the answer was altered, or dhParameters are not the registered ones. The token is refused.',
      { code: 'IBKR_OAUTH1_DH_RESPONSE_RANGE', status: 200 },
    )
  }
}

function mismatch(): IbkrOAuth1Error {
  return new IbkrOAuth1Error(
    'The server’s signature does not fit the live session token derived here, which is refused. dhParameters may not be the registered ones, consumerKey may differ from the stored one (case, blanks), the access token secret may be another token’s, or the answer was altered on its way.',
    { code: 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', status: 200 },
  )
}

function requireResponse(response: unknown): void {
  const { headers, status } = (response ?? {}) as { headers?: unknown; status?: unknown }
  if (typeof headers === 'object' && typeof status === 'number') return
  throw raise('OPTION_INVALID', 'Option response must be the Response to the prepared request.', {
    option: 'response',
  })
}
