/**
 * The meaning of `live_session_token_expiration`, on which the broker's sources disagree.
 */

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * Gives a token's remaining life. A time more than a minute ahead is the end (as all clients read
 * it); else it is the time of computation (as the OpenAPI file says), to which 24 hours are added.
 * A missing or absurd value gives 24 hours from now.
 *
 * @param expiration - the field, milliseconds since 1970; absent on the legacy base
 * @param serverNowMs - the server's time, from the answer's `Date` where it can be read
 */
export function remainingLifeMs(expiration: unknown, serverNowMs: number): number {
  // What is no number is no time ahead of now, and ends below as 24 hours.
  const aheadMs = Number(Object(expiration) === expiration ? NaN : expiration) - serverNowMs
  // Nothing lives longer than a day; a later end is a value in another unit.
  if (aheadMs > MINUTE_MS) return Math.min(aheadMs, DAY_MS)
  const fromComputationMs = aheadMs + DAY_MS
  return fromComputationMs > MINUTE_MS ? fromComputationMs : DAY_MS
}
