/**
 * The private operation of RSA by native code. It gives the encoded message whole: its padding is read by ours, since
 * the platforms' own decryption differs in what it does about bad padding.
 */
import { type Bytes, bigIntToBytes, byteLength, bytesToBigInt } from './bytes.ts'
import { rsaFault } from './key-errors.ts'
import { invert } from './modular-inverse.ts'
import { type Acceleration, type NativeCrypto, nativeCrypto } from './native-crypto.ts'
import { publicPow } from './rsa-decryption.ts'
import { type RsaPrivateNumbers, rsaPrivateJwk } from './rsa-private-key.ts'

/** ciphertext^d mod n, both as long as the modulus. */
export type NativeRsaOperation = (ciphertext: Uint8Array) => Bytes

/** Prepares a key for native code; undefined where there is none, or where it does not take this key. */
export function nativeRsaOperation(
  numbers: RsaPrivateNumbers,
  acceleration: Acceleration | undefined,
): NativeRsaOperation | undefined {
  const native = nativeCrypto(acceleration, givesKnownAnswer)
  try {
    return native && operationOf(native, numbers)
  } catch {
    return undefined
  }
}

function operationOf(native: NativeCrypto, numbers: RsaPrivateNumbers): NativeRsaOperation {
  const key = native.createPrivateKey({ key: rsaPrivateJwk(numbers), format: 'jwk' })
  const { RSA_NO_PADDING: padding } = native.constants
  return (ciphertext) => {
    try {
      return new Uint8Array(native.privateDecrypt({ key, padding }, ciphertext))
    } catch {
      // The ciphertext is in range, so its own check of the result failed.
      throw rsaFault()
    }
  }
}

/** A key of 1024 bits, from the two largest primes below 2^512. */
function givesKnownAnswer(native: NativeCrypto): boolean {
  const [p, q, e] = [2n ** 512n - 569n, 2n ** 512n - 629n, 65537n]
  const n = p * q
  const d = invert(e, (p - 1n) * (q - 1n)) ?? 0n
  const qi = invert(q, p) ?? 0n
  const operation = operationOf(native, { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi })
  const message = 3n ** 600n
  const ciphertext = bigIntToBytes(publicPow(message, e, n), byteLength(n))
  return bytesToBigInt(operation(ciphertext)) === message
}
