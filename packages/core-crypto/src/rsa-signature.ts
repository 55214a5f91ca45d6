/**
 * RSASSA-PKCS1-v1_5 signatures with SHA-256.
 */
import type { Bytes } from './internal/bytes.ts'
import { messageBytes } from './internal/encoding.ts'
import type { CryptoKey as CryptoKeyLike, SigningKey } from './internal/keys.ts'
import { newError, refuse, requireBytes } from './internal/refusals.ts'
import { checkRsassaKey, isCryptoKey, RSASSA, subtleCrypto } from './internal/web-crypto.ts'
import { importRsaSigningKey, type RsaSigningKey } from './rsa-signing-key.ts'

/**
 * Signs data with RSASSA-PKCS1-v1_5 and SHA-256.
 *
 * @param key - what {@link importRsaSigningKey} gave. A {@link SigningKey} is taken too and imported
 *   each time, which doubles the cost
 * @param data - bytes, or text that is taken as UTF-8
 * @returns the signature, as long as the modulus: 256 bytes for 2048 bits
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for data of the wrong type, `CRYPTO_SIGNATURE_INVALID`
 *   when a signing function returns no plausible signature, `CRYPTO_KEY_REFUSED` when the platform cannot
 *   sign, and the codes of {@link importRsaSigningKey}. What a signing function throws passes unchanged.
 * @example
 * ```ts
 * const key = await importRsaSigningKey(pemText)
 * const signature = bytesToBase64(await signRsaSha256(key, baseString))
 * ```
 *
 * *Source*: RFC 8017 section 8.2.1; W3C Web Cryptography API section 20.
 */
export async function signRsaSha256(
  key: RsaSigningKey | SigningKey,
  data: Uint8Array | string,
): Promise<Bytes> {
  // Copied before the first wait: the caller may change its buffer meanwhile.
  const message = new Uint8Array(messageBytes(data))
  const imported = await importRsaSigningKey(key)
  // Awaited here: a promise only passed on counts as unhandled for a moment, and Workers report it.
  return await imported.sign(message)
}

/**
 * Verifies an RSASSA-PKCS1-v1_5 signature with SHA-256.
 *
 * @param publicKey - a public `CryptoKey` for RSASSA-PKCS1-v1_5 with SHA-256 and the usage `verify`, 2048
 *   to 8192 bits
 * @param signature - bytes; a wrong length is a wrong signature
 * @param data - bytes, or text that is taken as UTF-8
 * @returns whether the signature is right
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for a parameter of the wrong type, `CRYPTO_KEY_USAGE`,
 *   `CRYPTO_KEY_TOO_SMALL` or `CRYPTO_KEY_TOO_LARGE` for an unfit key, `CRYPTO_KEY_REFUSED` when the
 *   platform does not take it, `CRYPTO_WEBCRYPTO_UNAVAILABLE` without `crypto.subtle`.
 * @example `if (!(await verifyRsaSha256(publicKey, signature, text))) refuse()`
 *
 * *Source*: RFC 8017 section 8.2.2.
 */
export async function verifyRsaSha256(
  publicKey: CryptoKeyLike,
  signature: Uint8Array,
  data: Uint8Array | string,
): Promise<boolean> {
  if (!isCryptoKey(publicKey)) refuse('publicKey', 'a public CryptoKey')
  requireBytes(signature, 'signature')
  const message = new Uint8Array(messageBytes(data))
  checkRsassaKey(publicKey, 'public', 'verify')
  const key = publicKey as CryptoKey
  const subtle = subtleCrypto()
  try {
    return await subtle.verify(RSASSA, key, new Uint8Array(signature), message)
  } catch {
    throw newError(
      'KEY_REFUSED',
      'Web Cryptography did not verify with this public key. Import it once more with crypto.subtle.importKey.',
    )
  }
}
