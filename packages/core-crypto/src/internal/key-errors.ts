/**
 * What is wrong with a key and how to mend it. Nothing of the key itself goes into a message.
 */
import type { CryptoError, CryptoErrorCode } from '../errors.ts'
import { cryptoError } from './check.ts'

const NEW_KEY = 'openssl genrsa -out private.pem 2048'
export const CHECK_KEY = 'openssl rsa -check -noout -in private.pem'
export const FROM_PKCS12 = 'openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem'

/**
 * @param found - what was given instead of a fit key
 * @param remedy - what is to be done: a new key unless said otherwise
 */
export function keyError(
  code: Extract<CryptoErrorCode, `CRYPTO_KEY_${string}`>,
  found: string,
  remedy: string = NEW_KEY,
): CryptoError {
  return cryptoError(code, `an RSA private key is needed, this is ${found}. Remedy: ${remedy}`)
}

export function keyMalformed(found = 'unreadable, cut short or a file name'): CryptoError {
  return keyError('CRYPTO_KEY_MALFORMED', found, `give the whole file of: ${NEW_KEY}`)
}

export function keyPublic(): CryptoError {
  const remedy = `take its private key, or a new one: ${NEW_KEY}`
  return keyError('CRYPTO_KEY_PUBLIC', 'a public key', remedy)
}

export function keyTypeUnsupported(): CryptoError {
  return keyError('CRYPTO_KEY_TYPE_UNSUPPORTED', 'a key of another type than RSA of two primes')
}

export function keyLabelUnexpected(found = 'another kind of file', remedy?: string): CryptoError {
  return keyError('CRYPTO_KEY_LABEL_UNEXPECTED', found, remedy)
}
