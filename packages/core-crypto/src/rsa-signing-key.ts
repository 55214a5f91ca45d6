/**
 * Import of a key for RSASSA-PKCS1-v1_5 signatures with SHA-256.
 */
import type { Bytes } from './bytes.ts'
import { bitLength } from './internal/bigint.ts'
import { cryptoError, isBytes } from './internal/check.ts'
import { readRsaPrivateKey } from './internal/rsa-private-key.ts'
import { rsaPrivateJwk } from './internal/rsa-private-numbers.ts'
import { checkRsassaKey, isCryptoKey, RSASSA, useKey } from './internal/web-crypto.ts'
import type { SigningKey } from './keys.ts'

/** A key ready to sign, made by {@link importRsaSigningKey}. It shows nothing when printed. */
export class RsaSigningKey {
  readonly #sign: (data: Bytes) => Promise<Bytes>
  readonly #modulusBits: number | undefined

  /** @internal */
  constructor(sign: (data: Bytes) => Promise<Bytes>, modulusBits?: number) {
    this.#sign = sign
    this.#modulusBits = modulusBits
  }

  /** The length of the modulus in bits; undefined when a function signs. */
  get modulusBits(): number | undefined {
    return this.#modulusBits
  }

  /** @internal */
  sign(data: Bytes): Promise<Bytes> {
    return this.#sign(data)
  }
}

/**
 * Prepares a key for signing. Do this once: it costs about as much as a signature.
 *
 * Taken are PEM text or the bytes of a PEM file (PKCS#8 `PRIVATE KEY` or PKCS#1 `RSA PRIVATE KEY`,
 * with CRLF, the two characters `\n` for line breaks, or text around the block), DER of both kinds, a
 * JSON Web Key with its CRT members, a `CryptoKey` for RSASSA-PKCS1-v1_5 with SHA-256 and the usage `sign`,
 * or a function that signs elsewhere. The size is 2048 to 8192 bits. Keys are imported as not extractable.
 *
 * @param input - see {@link SigningKey}; an {@link RsaSigningKey} is returned as it is
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for another type or nothing at all;
 *   `CRYPTO_KEY_MALFORMED`, `CRYPTO_KEY_ENCRYPTED`, `CRYPTO_KEY_PUBLIC`, `CRYPTO_KEY_CERTIFICATE`,
 *   `CRYPTO_KEY_LABEL_UNEXPECTED`, `CRYPTO_KEY_TYPE_UNSUPPORTED`, `CRYPTO_KEY_TOO_SMALL`,
 *   `CRYPTO_KEY_TOO_LARGE`, `CRYPTO_KEY_INCONSISTENT` for what is no fit key; `CRYPTO_KEY_USAGE` for a
 *   `CryptoKey` or JSON Web Key made for something else; `CRYPTO_KEY_REFUSED` when the platform refuses
 *   it; `CRYPTO_WEBCRYPTO_UNAVAILABLE` without `crypto.subtle`.
 * @example `const key = await importRsaSigningKey(pemText)`
 *
 * *Source*: RFC 5208, RFC 8017 appendix A.1.2, RFC 7518 section 6.3, RFC 7468.
 */
export async function importRsaSigningKey(
  input: SigningKey | RsaSigningKey,
): Promise<RsaSigningKey> {
  if (input instanceof RsaSigningKey) return input
  if (typeof input === 'function') {
    return new RsaSigningKey(async (data) => checkedSignature(await input(data)))
  }
  if (isCryptoKey(input))
    return signingKey(input as CryptoKey, checkRsassaKey(input, 'private', 'sign'))
  const numbers = readRsaPrivateKey(input, 'enc')
  const algorithm = { name: RSASSA, hash: 'SHA-256' }
  const key = await useKey((subtle) =>
    subtle.importKey('jwk', rsaPrivateJwk(numbers), algorithm, false, ['sign']),
  )
  return signingKey(key, bitLength(numbers.n))
}

function signingKey(key: CryptoKey, modulusBits: number): RsaSigningKey {
  return new RsaSigningKey(
    async (data) => new Uint8Array(await useKey((subtle) => subtle.sign(RSASSA, key, data))),
    modulusBits,
  )
}

/** Whatever signs elsewhere may as well return base64 or an error's text. */
function checkedSignature(signature: unknown): Bytes {
  if (!isBytes(signature) || signature.length < 256 || signature.length > 1024) {
    throw cryptoError(
      'SIGNATURE_INVALID',
      'the signature must be a Uint8Array of 256 to 1024 bytes',
    )
  }
  return new Uint8Array(signature)
}
