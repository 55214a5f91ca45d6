/**
 * The access token secret: RSA-encrypted as the broker hands it out, decrypted once and used as the
 * prefix of the live session token request and as the message of its derivation.
 */
import { createOptionReader, readWord } from '@isoauth/core-client'
import {
  type Acceleration,
  type Bytes,
  base64ToBytes,
  type CryptoKey,
  hasCode,
  hexToBytes,
  isBytes,
  type JsonWebKey,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { aboutOption, newError, refuse, requireOptions } from './errors.ts'

/** The words of the option `acceleration`; the first is the default. */
export const ACCELERATIONS = ['auto', 'portable'] as const

/** An RSA private key that decrypts: PEM, DER, JWK or an extractable `CryptoKey`. */
export type EncryptionKey = string | Uint8Array | JsonWebKey | CryptoKey

/**
 * Decrypts the access token secret (RSAES-PKCS1-v1_5, RFC 8017 section 7.2.2). Done once, the result
 * can be stored in the key's place: it lives as long as the access token.
 *
 * @param options.accessTokenSecret - base64 as the broker's page shows it (344 characters for a key of
 *   2048 bits); blanks and line breaks are skipped
 * @param options.encryptionKey - the private key whose public half was registered for encryption
 * @param options.acceleration - `auto`, the default: by native code on Node and Bun; or `portable`
 * @returns the secret's bytes, leading zeros kept
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID` (malformed, truncated, or not below the
 *   key's modulus), `IBKR_OAUTH1_SECRET_DECRYPTION_FAILED` (the padding is wrong: swapped keys, or a
 *   token of another key)
 *
 * Security: not constant-time. The ciphertext comes from the broker and is decrypted by the key's
 * owner; do not offer this function to others as an oracle.
 *
 * @example
 * ```ts
 * const secret = await decryptAccessTokenSecret({ accessTokenSecret, encryptionKey: pem })
 * ```
 *
 * Source: the broker's page "Retrieve Live Session Token Signature"; RFC 8017 section 7.2.2.
 */
export async function decryptAccessTokenSecret(options: {
  readonly accessTokenSecret: string
  readonly encryptionKey: EncryptionKey
  readonly acceleration?: Acceleration | undefined
}): Promise<Bytes> {
  const { accessTokenSecret, encryptionKey } = requireOptions(options)
  const acceleration = readWord(
    createOptionReader(options, newError),
    'acceleration',
    ACCELERATIONS,
  )
  return decryptSecret(decodeSecret(accessTokenSecret), encryptionKey, acceleration)
}

/** Decrypts a decoded secret. */
export async function decryptSecret(
  ciphertext: Bytes,
  encryptionKey: EncryptionKey,
  acceleration: Acceleration | undefined,
): Promise<Bytes> {
  const key = await aboutOption('encryptionKey', () =>
    importRsaDecryptionKey(encryptionKey, { acceleration }),
  )
  try {
    return await aboutOption('accessTokenSecret', () => decryptRsaPkcs1v15(key, ciphertext))
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown }
    // Under another key a ciphertext may be above the modulus, or come out badly padded.
    const isOfOtherKey =
      hasCode(cause, 'CRYPTO_RSA_PADDING') || hasCode(cause, 'CRYPTO_RSA_CIPHERTEXT_RANGE')
    if (!isOfOtherKey) throw error
    throw newError(
      'SECRET_DECRYPTION_FAILED',
      'Option encryptionKey does not decrypt accessTokenSecret: the keys may be swapped, or the secret belongs to another key. Give the private key registered for encryption; if it is that one, generate a new accessToken in the portal.',
      { option: 'encryptionKey', cause },
    )
  }
}

/** Reads an already decrypted secret: bytes, or their hex text, which a file has with the end of its line. */
export function readDecryptedSecret(value: unknown): Bytes {
  if (isBytes(value) && value.length > 0) return new Uint8Array(value)
  const text = typeof value === 'string' ? value.trim() : ''
  if (/^([0-9a-f]{2})+$/i.test(text)) return hexToBytes(text)
  return refuse('decryptedAccessTokenSecret', 'bytes or hex text')
}

/** Decodes the base64 text of an encrypted secret. */
export function decodeSecret(accessTokenSecret: unknown): Bytes {
  try {
    // Blanks at its ends may be those of a page, or the mark with which an editor begins a file.
    const bytes = base64ToBytes((accessTokenSecret as string).trim())
    if (bytes.length > 0) return bytes
  } catch {
    // Told below, without what the decoder says of the text.
  }
  return refuse(
    'accessTokenSecret',
    'the text that the portal shows, base64 without quotation marks',
  )
}
