/**
 * Making RSA key pairs and writing them as PEM.
 */
import { refuse, requireObject } from './internal/errors.ts'
import { encodePem } from './internal/key-file.ts'
import { RSASSA, subtleCrypto } from './internal/web-crypto.ts'

/** What {@link generateRsaKeyPair} may be told. */
export interface GenerateRsaKeyPairOptions {
  /** Length of the modulus in bits: 2048 (default), 3072 or 4096. */
  readonly modulusBits?: 2048 | 3072 | 4096 | undefined
}

/** A key pair as PEM text. */
export interface RsaKeyPairPem {
  /** PKCS#8, label `PRIVATE KEY`, not encrypted. */
  readonly privateKeyPem: string
  /** SubjectPublicKeyInfo, label `PUBLIC KEY`. */
  readonly publicKeyPem: string
}

/**
 * Makes an RSA key pair with the public exponent 65537.
 *
 * @returns both keys as PEM, lines of 64 characters, a line break at the end
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for another length, `CRYPTO_WEBCRYPTO_UNAVAILABLE`
 *   without `crypto.subtle`.
 * @example `const { privateKeyPem, publicKeyPem } = await generateRsaKeyPair({ modulusBits: 2048 })`
 *
 * *Source*: W3C Web Cryptography API section 20.8; RFC 5208; RFC 5280 section 4.1.2.7; RFC 7468.
 */
export async function generateRsaKeyPair(
  options: GenerateRsaKeyPairOptions = {},
): Promise<RsaKeyPairPem> {
  requireObject(options, 'options', 'an object')
  const { modulusBits: modulusLength = 2048 } = options
  if (![2048, 3072, 4096].includes(modulusLength)) {
    refuse('modulusBits', '2048, 3072 or 4096')
  }
  const subtle = subtleCrypto()
  const publicExponent = Uint8Array.of(1, 0, 1)
  const algorithm = { name: RSASSA, hash: 'SHA-256', modulusLength, publicExponent }
  const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [pkcs8, spki] = await Promise.all([
    subtle.exportKey('pkcs8', privateKey),
    subtle.exportKey('spki', publicKey),
  ])
  return {
    privateKeyPem: encodePem('PRIVATE KEY', new Uint8Array(pkcs8)),
    publicKeyPem: encodePem('PUBLIC KEY', new Uint8Array(spki)),
  }
}
