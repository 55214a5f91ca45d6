/**
 * The live session token: how it is derived and proven, when it ends, and how it is kept.
 */
import { type ClientTokenKind, parseJsonObject, showFieldsAlone } from '@isoauth/core-client'
import {
  type Bytes,
  base64ToBytes,
  bytesToBase64,
  isBytes,
  timingSafeEqual,
} from '@isoauth/core-crypto'

/** A live session token: `{ token, expiresAtMs, obtainedAtMs }`, `token` left out of any print or JSON. */
export class LiveSessionToken {
  readonly #token: Bytes
  /** When it ends, in milliseconds since 1970 on this machine's clock. */
  readonly expiresAtMs: number
  /** When it was asked for, in milliseconds since 1970 on this machine's clock. */
  readonly obtainedAtMs: number

  constructor(token: Bytes, expiresAtMs: number, obtainedAtMs: number) {
    this.#token = token
    this.expiresAtMs = expiresAtMs
    this.obtainedAtMs = obtainedAtMs
    showFieldsAlone(this)
  }

  /** A copy of the token's 20 bytes, which may be wiped. A secret worth a day of trading. */
  get token(): Bytes {
    return this.#token.slice()
  }
}

/** How a client keeps live session tokens; the bytes say which one is to be replaced. */
export const LIVE_SESSION_TOKEN: ClientTokenKind<LiveSessionToken, Uint8Array> = {
  markOf: ({ token }) => token,
  isMark: isBytes,
  markForm: 'the bytes of a live session token that this client gave',
  matches: ({ token }, replacing) => timingSafeEqual(token, replacing),
  serialize: ({ token, expiresAtMs, obtainedAtMs }) =>
    JSON.stringify({ token: bytesToBase64(token), expiresAtMs, obtainedAtMs }),
  deserialize(text) {
    const { token, expiresAtMs, obtainedAtMs } = parseJsonObject(text) ?? {}
    if (typeof expiresAtMs !== 'number' || typeof obtainedAtMs !== 'number') return undefined
    // 20 bytes are 28 characters of base64.
    if (typeof token !== 'string' || !/^[A-Za-z0-9+/]{27}=$/.test(token)) return undefined
    return new LiveSessionToken(base64ToBytes(token), expiresAtMs, obtainedAtMs)
  },
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * Gives a token's remaining life from `live_session_token_expiration`, on which the broker's sources
 * disagree. A time more than a minute ahead is the end (as all clients read
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
