/**
 * Nonces: 16 random bytes in hex. Only letters and digits, since the broker's library does not
 * decode header values.
 */
import { type Bytes, bytesToHex, randomBytes } from '@isoauth/core-crypto'

const NONCE_BYTES = 16
const POOL_BYTES = 4096

/** Makes a source of nonces that draws random bytes 4096 at a time; no byte is used twice. */
export function createNonceSource(): () => string {
  let pool: Bytes = new Uint8Array()
  let at = 0
  return () => {
    if (at === pool.length) {
      pool = randomBytes(POOL_BYTES)
      at = 0
    }
    const nonce = bytesToHex(pool.subarray(at, at + NONCE_BYTES))
    at += NONCE_BYTES
    return nonce
  }
}
