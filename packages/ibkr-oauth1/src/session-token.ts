/**
 * A live session token as the broker issued it. It shows its end and never its bytes when printed.
 */
import type { Bytes } from '@isoauth/core-crypto'

/** A live session token: `{ token, expiresAtMs, obtainedAtMs }`, `token` left out of any print or JSON. */
export class LiveSessionToken {
  readonly #token: Bytes
  /** When it ends, in milliseconds since 1970 on this machine's clock. */
  readonly expiresAtMs: number
  /** When it was obtained, in milliseconds since 1970 on this machine's clock. */
  readonly obtainedAtMs: number

  constructor(token: Bytes, expiresAtMs: number, obtainedAtMs: number) {
    this.#token = token
    this.expiresAtMs = expiresAtMs
    this.obtainedAtMs = obtainedAtMs
  }

  /** The token's 20 bytes. A secret worth a day of trading. */
  get token(): Bytes {
    return this.#token
  }
}
