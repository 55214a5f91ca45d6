/**
 * RSAES-PKCS1-v1_5 decryption (RFC 8017 section 7.2.2) in plain JavaScript, since Web Cryptography has none.
 *
 * For ciphertexts from a source that the key's owner trusts, over TLS, decrypted by the owner. **Not a
 * general decryption API**: it tells bad padding by an error and its time is not constant, so whoever can
 * send ciphertexts and watch the answers can decrypt with it (Bleichenbacher, Marvin).
 *
 * @packageDocumentation
 */
import {
  type Bytes,
  bigIntToBytes,
  bitLength,
  byteLength,
  bytesToBigInt,
  requireBytes,
} from './internal/bytes.ts'
import { newError, refuse, requireObject } from './internal/errors.ts'
import { keyError } from './internal/key-errors.ts'
import type { CryptoKey as CryptoKeyLike, JsonWebKey } from './internal/keys.ts'
import { type Acceleration, checkAcceleration } from './internal/native-crypto.ts'
import { type NativeRsaOperation, nativeRsaOperation } from './internal/native-rsa.ts'
import { decodeEmePkcs1, rsaCrt } from './internal/rsa-decryption.ts'
import { type RsaPrivateNumbers, readRsaPrivateKey } from './internal/rsa-private-key.ts'
import { isCryptoKey, useKey } from './internal/web-crypto.ts'

/** A key ready to decrypt, made by {@link importRsaDecryptionKey}. It shows nothing when printed. */
export class RsaDecryptionKey {
  /** @internal */
  constructor(numbers: RsaPrivateNumbers, acceleration?: Acceleration | undefined) {
    requireObject(numbers, 'numbers', 'what importRsaDecryptionKey reads from a key')
    keptKeys.set(this, { numbers, native: nativeRsaOperation(numbers, acceleration) })
  }

  /** The length of the modulus in bits. */
  get modulusBits(): number {
    return bitLength(keptKeys.get(this)!.numbers.n)
  }
}

interface KeptKey {
  readonly numbers: RsaPrivateNumbers
  /** Where native code does the private operation: for the whole life of the key. */
  readonly native: NativeRsaOperation | undefined
}

/** Not a field: developer tools print private fields too. */
const keptKeys = new WeakMap<RsaDecryptionKey, KeptKey>()

/** What {@link importRsaDecryptionKey} may be told. */
export interface ImportRsaDecryptionKeyOptions {
  /**
   * `auto`: on Node and Bun native code does the private operation, after a known answer at first use; elsewhere
   * our own arithmetic does. `portable`: our own everywhere. Default: `auto`.
   */
  readonly acceleration?: Acceleration | undefined
}

/**
 * Prepares a key for decryption: reads it, and checks that its numbers belong together.
 *
 * Taken are PEM text or the bytes of a PEM file (PKCS#8 or PKCS#1, as tolerantly as
 * `importRsaSigningKey`), DER of both kinds, a JSON Web Key with its CRT members (a key of only n,
 * e and d is refused), or an extractable private RSA `CryptoKey`. The size is 2048 to 8192 bits.
 *
 * Which arithmetic decrypts is settled here, for the whole life of the key.
 *
 * @throws `CryptoError` `CRYPTO_OPTION_INVALID` for another type or nothing at all;
 *   `CRYPTO_KEY_MALFORMED`, `CRYPTO_KEY_ENCRYPTED`, `CRYPTO_KEY_PUBLIC`, `CRYPTO_KEY_CERTIFICATE`,
 *   `CRYPTO_KEY_LABEL_UNEXPECTED`, `CRYPTO_KEY_TYPE_UNSUPPORTED`, `CRYPTO_KEY_TOO_SMALL`,
 *   `CRYPTO_KEY_TOO_LARGE`, `CRYPTO_KEY_INCONSISTENT` for what is no fit key; `CRYPTO_KEY_USAGE` for a
 *   JSON Web Key made for signatures; `CRYPTO_KEY_NOT_EXTRACTABLE` or `CRYPTO_KEY_REFUSED` for a
 *   `CryptoKey` that cannot be exported.
 * @example `const key = await importRsaDecryptionKey(pemText)`
 *
 * *Source*: RFC 5208, RFC 8017 appendix A.1.2, RFC 7518 section 6.3.
 */
export async function importRsaDecryptionKey(
  input: string | Uint8Array | JsonWebKey | CryptoKeyLike,
  options: ImportRsaDecryptionKeyOptions = {},
): Promise<RsaDecryptionKey> {
  requireObject(options, 'options', 'an object')
  const { acceleration } = options
  checkAcceleration(acceleration)
  const file = isCryptoKey(input) ? await exported(input) : input
  return new RsaDecryptionKey(readRsaPrivateKey(file, 'decryption'), acceleration)
}

/**
 * Decrypts RSAES-PKCS1-v1_5.
 *
 * On Node and Bun native code does the private operation, blinded and in constant time. Elsewhere, and where the
 * key was imported as `portable`, our own arithmetic does: the exponents and the base are blinded with fresh
 * random numbers, the powers take the same sequence of operations for exponents of one length, the result is
 * checked before it leaves. The padding is read by ours on both paths, in one pass. This is **not** constant time
 * and does not withstand an attacker who can ask questions: see the security notes of the README.
 *
 * @param key - what {@link importRsaDecryptionKey} gave
 * @param ciphertext - exactly as long as the modulus: 256 bytes for 2048 bits
 * @returns the message: 0 bytes up to 11 less than the modulus has
 * @throws `CryptoError` `CRYPTO_RSA_PADDING` for every kind of bad padding alike;
 *   `CRYPTO_RSA_CIPHERTEXT_LENGTH` for another length; `CRYPTO_RSA_CIPHERTEXT_RANGE` when the number is
 *   not below the modulus; `CRYPTO_RSA_FAULT` when the result did not pass its check;
 *   `CRYPTO_OPTION_INVALID` for a parameter of the wrong type.
 * @example
 * ```ts
 * const key = await importRsaDecryptionKey(encryptionKeyPem)
 * const secret = await decryptRsaPkcs1v15(key, base64ToBytes(accessTokenSecret))
 * ```
 *
 * *Source*: RFC 8017 section 7.2.2.
 */
export async function decryptRsaPkcs1v15(
  key: RsaDecryptionKey,
  ciphertext: Uint8Array,
): Promise<Bytes> {
  const kept = keptKeys.get(key)
  if (kept === undefined) return refuse('key', 'an RsaDecryptionKey')
  const { numbers, native } = kept
  requireBytes(ciphertext, 'ciphertext')
  const length = byteLength(numbers.n)
  if (ciphertext.length !== length) {
    throw newError(
      'RSA_CIPHERTEXT_LENGTH',
      `The ciphertext must have ${length} bytes, as the modulus has; it has ${ciphertext.length}. It was cut short, or encrypted for another key.`,
    )
  }
  const representative = bytesToBigInt(ciphertext)
  if (representative >= numbers.n) {
    throw newError(
      'RSA_CIPHERTEXT_RANGE',
      'The ciphertext must be below the modulus: it was encrypted for another key, or altered.',
    )
  }
  const encoded = native?.(ciphertext) ?? bigIntToBytes(rsaCrt(numbers, representative), length)
  // What rejects before its caller has the promise goes through a platform's list of unhandled rejections, in which
  // time bad padding would show.
  await undefined
  return decodeEmePkcs1(encoded)
}

async function exported(key: CryptoKeyLike): Promise<Uint8Array> {
  if (key.type === 'public') throw keyError('publicKey')
  if (!key.algorithm.name.startsWith('RSA')) throw keyError('otherType')
  if (!key.extractable) throw keyError('notExtractable')
  return new Uint8Array(await useKey((subtle) => subtle.exportKey('pkcs8', key as CryptoKey)))
}
