/**
 * RSASSA-PKCS1-v1_5 signatures with SHA-256: the import of a key, signing and verifying.
 */
import { type Bytes, bitLength, isBytes, messageBytes, requireBytes } from './internal/bytes.ts'
import { newError, refuse } from './internal/errors.ts'
import { rsaFault } from './internal/key-errors.ts'
import type { CryptoKey as CryptoKeyLike, SigningKey } from './internal/keys.ts'
import { readRsaPrivateKey, rsaPrivateJwk } from './internal/rsa-private-key.ts'
import { checkRsassaKey, isCryptoKey, RSASSA, subtleCrypto, useKey } from './internal/web-crypto.ts'

/** A signature that does not verify is made this often before it counts as the key's or the machine's fault. */
const SIGNATURE_ATTEMPTS = 3

/** What a key has that was imported, and a function that signs has not. */
interface Imported {
  readonly cryptoKey: CryptoKeyLike
  readonly modulusBits: number
  readonly publicKey?: CryptoKeyLike
}

/** A key ready to sign, made by {@link importRsaSigningKey}. It shows nothing when printed. */
export class RsaSigningKey {
  readonly #sign: (data: Bytes) => Promise<Bytes>
  readonly #imported: Imported | undefined

  /** @internal */
  constructor(sign: (data: Bytes) => Promise<Bytes>, imported?: Imported) {
    this.#sign = sign
    this.#imported = imported
  }

  /** The length of the modulus in bits; undefined when a function signs. */
  get modulusBits(): number | undefined {
    return this.#imported?.modulusBits
  }

  /**
   * The private `CryptoKey`, for libraries that sign by Web Cryptography themselves, such as `jose`; undefined
   * when a function signs. What was imported here is not extractable.
   */
  get cryptoKey(): CryptoKeyLike | undefined {
    return this.#imported?.cryptoKey
  }

  /**
   * The public half, for {@link verifyRsaSha256}; undefined when a function signs, and for a `CryptoKey` of the
   * caller's, which does not tell it.
   */
  get publicKey(): CryptoKeyLike | undefined {
    return this.#imported?.publicKey
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
  if (isCryptoKey(input)) {
    const modulusBits = checkRsassaKey(input, 'private', 'sign')
    return new RsaSigningKey((data) => signByPlatform(input as CryptoKey, data), {
      ...{ cryptoKey: input, modulusBits },
    })
  }
  const numbers = readRsaPrivateKey(input, 'signing')
  const { kty, n, e, ...secret } = rsaPrivateJwk(numbers)
  const publicJwk = { kty, n, e } as JsonWebKey
  const algorithm = { name: RSASSA, hash: 'SHA-256' }
  const [cryptoKey, publicKey] = await useKey((subtle) =>
    Promise.all([
      subtle.importKey('jwk', { ...publicJwk, ...secret }, algorithm, false, ['sign']),
      subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
    ]),
  )
  return new RsaSigningKey((data) => signAndVerify({ cryptoKey, publicKey }, data), {
    ...{ cryptoKey, publicKey, modulusBits: bitLength(numbers.n) },
  })
}

/**
 * Signs data with RSASSA-PKCS1-v1_5 and SHA-256.
 *
 * A signature with a key that was imported from a file, DER or a JSON Web Key is verified before it is returned, and
 * made again, twice at most, when it is wrong: a faulty signature can tell the private key. With a `CryptoKey` or a
 * function of the caller's the public half is not known, and nothing is verified.
 *
 * @param key - what {@link importRsaSigningKey} gave. A {@link SigningKey} is taken too and imported
 *   each time, which doubles the cost
 * @param data - bytes, or text that is taken as UTF-8
 * @returns the signature, as long as the modulus: 256 bytes for 2048 bits
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for data of the wrong type, `CRYPTO_SIGNATURE_INVALID`
 *   when a signing function returns no plausible signature, `CRYPTO_KEY_REFUSED` when the platform cannot
 *   sign, `CRYPTO_RSA_FAULT` when three signatures in a row were wrong, and the codes of
 *   {@link importRsaSigningKey}. What a signing function throws passes unchanged.
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

async function signByPlatform(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await useKey((subtle) => subtle.sign(RSASSA, key, data)))
}

/**
 * A wrong signature must not leave: where it was made by the Chinese remainder theorem, it tells the factors of the
 * key (Boneh, DeMillo, Lipton: On the Importance of Checking Cryptographic Protocols for Faults, 1997). A platform
 * that signs wrongly now and then signs rightly when it is asked once more.
 */
async function signAndVerify(
  { cryptoKey, publicKey }: { readonly cryptoKey: CryptoKey; readonly publicKey: CryptoKey },
  data: Bytes,
): Promise<Bytes> {
  for (let attempt = 0; attempt < SIGNATURE_ATTEMPTS; attempt++) {
    const signature = await signByPlatform(cryptoKey, data)
    if (await useKey((subtle) => subtle.verify(RSASSA, publicKey, signature, data)))
      return signature
  }
  throw rsaFault()
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
