/**
 * What is wrong with a key and how to mend it. Nothing of the key itself goes into a message.
 */
import type { CryptoError, CryptoErrorCode } from '../errors.ts'
import { cryptoError } from './check.ts'

export type KeyErrorCode = Exclude<
  Extract<CryptoErrorCode, `CRYPTO_KEY_${string}`>,
  'CRYPTO_KEY_USAGE'
>

const NEW_KEY = 'openssl genrsa -out private.pem 2048'
export const CHECK = 'openssl rsa -check -noout -in private.pem'
export const FROM_PKCS12 = 'openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem'

/** What was found, and what is to be done: a new key unless said otherwise. */
const MESSAGES: Record<KeyErrorCode, readonly [string, string?]> = {
  CRYPTO_KEY_MALFORMED: [
    'unreadable, cut short or a file name',
    `give the whole file of: ${NEW_KEY}`,
  ],
  CRYPTO_KEY_ENCRYPTED: ['encrypted', 'openssl pkey -in encrypted.pem -out private.pem'],
  CRYPTO_KEY_PUBLIC: ['a public key', `take its private key, or a new one: ${NEW_KEY}`],
  CRYPTO_KEY_CERTIFICATE: [
    'a certificate or its request',
    `take its private key; from PKCS#12: ${FROM_PKCS12}`,
  ],
  CRYPTO_KEY_LABEL_UNEXPECTED: ['another kind of file'],
  CRYPTO_KEY_TYPE_UNSUPPORTED: ['a key of another type than RSA of two primes'],
  CRYPTO_KEY_TOO_SMALL: ['shorter than 2048 bits'],
  CRYPTO_KEY_TOO_LARGE: ['longer than 8192 bits'],
  CRYPTO_KEY_INCONSISTENT: ['altered, its numbers inconsistent', CHECK],
  CRYPTO_KEY_NOT_EXTRACTABLE: [
    'a CryptoKey that is not extractable',
    'import it as extractable, or give the PEM text',
  ],
  CRYPTO_KEY_REFUSED: ['refused by Web Cryptography', CHECK],
}

/**
 * @param found - in place of the code's own words
 * @param remedy - in place of the code's own
 */
export function keyError(
  code: KeyErrorCode,
  found: string = MESSAGES[code][0],
  remedy: string = MESSAGES[code][1] ?? NEW_KEY,
): CryptoError {
  return cryptoError(code, `an RSA private key is needed, this is ${found}. Remedy: ${remedy}`)
}
