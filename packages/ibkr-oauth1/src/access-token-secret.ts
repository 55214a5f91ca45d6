/**
 * The access token secret: RSA-encrypted as the broker hands it out, decrypted once and used as the
 * prefix of the live session token request and as the message of its derivation.
 */

import { type Bytes, base64ToBytes, bytesToHex, hasCode, hexToBytes } from '@isoauth/core-crypto'
import {
  decryptRsaPkcs1v15,
  importRsaDecryptionKey,
  type RsaDecryptionKey,
} from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { IbkrOAuth1Error } from './errors.ts'
import { raise } from './internal/raise.ts'
import { wrapCryptoError } from './internal/wrap-crypto-error.ts'

/** An RSA private key that decrypts: PEM, DER, JWK or an extractable `CryptoKey`. */
export type EncryptionKey = string | Uint8Array | JsonWebKey | CryptoKey

/**
 * Decrypts the access token secret (RSAES-PKCS1-v1_5, RFC 8017 section 7.2.2). Done once, the result
 * can be stored in the key's place: it lives as long as the access token.
 *
 * @param options.accessTokenSecret - base64 as the broker's page shows it (344 characters for a key of
 *   2048 bits); blanks and line breaks are skipped
 * @param options.encryptionKey - the private key whose public half was registered for encryption
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
}): Promise<Bytes> {
  const ciphertext = decodeSecret(options.accessTokenSecret)
  const key = await importKey(options.encryptionKey)
  try {
    return await decryptRsaPkcs1v15(key, ciphertext)
  } catch (error) {
    throw decryptionError(error)
  }
}

/** Reads an already decrypted secret: bytes, or their hex text. */
export function readDecryptedSecret(value: unknown): Bytes {
  const option = 'decryptedAccessTokenSecret'
  if (value instanceof Uint8Array && value.length > 0) return value.slice()
  if (typeof value === 'string' && /^([0-9a-f]{2})+$/i.test(value)) return hexToBytes(value)
  throw raise(
    'OPTION_INVALID',
    `Option ${option} must be the secret's bytes or their hex text, as decryptAccessTokenSecret gives them.`,
    { option },
  )
}

/** The prefix of the live session token request: the secret in lower-case hex. */
export function prefixOf(secret: Uint8Array): string {
  return bytesToHex(secret)
}

/** Decodes the base64 text of an encrypted secret. */
export function decodeSecret(accessTokenSecret: unknown): Bytes {
  const option = 'accessTokenSecret'
  const form =
    'the encrypted access token secret in base64, as the broker’s page shows it next to the access token'
  if (typeof accessTokenSecret === 'string' && accessTokenSecret.trim() !== '') {
    try {
      return base64ToBytes(accessTokenSecret)
    } catch {
      // Told below, without what the decoder says of the text.
    }
  }
  throw raise('OPTION_INVALID', `Option ${option} must be ${form}.`, { option })
}

async function importKey(encryptionKey: EncryptionKey): Promise<RsaDecryptionKey> {
  try {
    return await importRsaDecryptionKey(encryptionKey)
  } catch (error) {
    throw wrapCryptoError('encryptionKey', error)
  }
}

function decryptionError(error: unknown): unknown {
  if (!hasCode(error, 'CRYPTO_RSA_PADDING')) return wrapCryptoError('accessTokenSecret', error)
  return new IbkrOAuth1Error(
    'The access token secret does not decrypt with encryptionKey. Either signatureKey and encryptionKey are swapped, or the secret was made for another encryption key: take the key whose public half was uploaded as the encryption key, or generate a new access token.',
    { code: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED', option: 'encryptionKey', cause: error },
  )
}
