/**
 * Import of a key for RSASSA-PKCS1-v1_5 signatures with SHA-256.
 */
import { type Bytes, isBytes } from './internal/bytes.ts'
import { bitLength } from './internal/integers.ts'
import type { CryptoKey as CryptoKeyLike, SigningKey } from './internal/keys.ts'
import { newError } from './internal/refusals.ts'
import { readRsaPrivateKey } from './internal/rsa-private-key.ts'
import { rsaPrivateJwk } from './internal/rsa-private-numbers.ts'
import { checkRsassaKey, isCryptoKey, RSASSA, useKey } from './internal/web-crypto.ts'

/** A key ready to sign, made by {@link importRsaSigningKey}. It shows nothing when printed. */
export class RsaSigningKey {
  readonly #sign: (data: Bytes) => Promise<Bytes>
  readonly #cryptoKey: CryptoKeyLike | undefined
  readonly #modulusBits: number | undefined

  /** @internal */
  constructor(
    sign: (data: Bytes) => Promise<Bytes>,
    imported?: { readonly cryptoKey: CryptoKeyLike; readonly modulusBits: number },
  ) {
    this.#sign = sign
    this.#cryptoKey = imported?.cryptoKey
    this.#modulusBits = imported?.modulusBits
  }

  /** The length of the modulus in bits; undefined when a function signs. */
  get modulusBits(): number | undefined {
    return this.#modulusBits
  }

  /**
   * The private `CryptoKey`, for libraries that sign by Web Cryptography themselves, such as `jose`; undefined
   * when a function signs. What was imported here is not extractable.
   */
  get cryptoKey(): CryptoKeyLike | undefined {
    return this.#cryptoKey
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
 * UTF-8 or UTF-16, with CRLF, the two characters `\n` for line breaks, blanks that cannot be seen, text around
 * the block, or the whole in base64 once more), DER of both kinds, a JSON Web Key with its CRT members whose
 * `use`, `key_ops` and `alg` (RS256) allow signatures, a `CryptoKey` for RSASSA-PKCS1-v1_5 with SHA-256 and the usage `sign`,
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
  const numbers = readRsaPrivateKey(input, 'signing')
  const algorithm = { name: RSASSA, hash: 'SHA-256' }
  const key = await useKey((subtle) =>
    subtle.importKey('jwk', rsaPrivateJwk(numbers), algorithm, false, ['sign']),
  )
  return signingKey(key, bitLength(numbers.n))
}

function signingKey(cryptoKey: CryptoKey, modulusBits: number): RsaSigningKey {
  return new RsaSigningKey(
    async (data) => new Uint8Array(await useKey((subtle) => subtle.sign(RSASSA, cryptoKey, data))),
    { cryptoKey, modulusBits },
  )
}

/** Whatever signs elsewhere may as well return base64 or an error's text. */
function checkedSignature(signature: unknown): Bytes {
  if (!isBytes(signature) || signature.length < 256 || signature.length > 1024) {
    throw newError(
      'SIGNATURE_INVALID',
      'The signing function must give the raw signature: a Uint8Array of 256 to 1024 bytes, not base64 and not an object around it.',
    )
  }
  return new Uint8Array(signature)
}
