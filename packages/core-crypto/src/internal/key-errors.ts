/**
 * What is wrong with a key and how to mend it. Nothing of the key itself goes into a message.
 */
import { CryptoError, type CryptoErrorCode } from '../errors.ts'

export const MINIMUM_BITS = 2048
export const MAXIMUM_BITS = 8192

const NEW_KEY = 'Make a new one with: openssl genrsa -out private.pem 2048'

type FixedCode = Extract<
  CryptoErrorCode,
  | 'CRYPTO_KEY_ENCRYPTED'
  | 'CRYPTO_KEY_PUBLIC'
  | 'CRYPTO_KEY_CERTIFICATE'
  | 'CRYPTO_KEY_TOO_SMALL'
  | 'CRYPTO_KEY_TOO_LARGE'
  | 'CRYPTO_KEY_INCONSISTENT'
  | 'CRYPTO_KEY_NOT_EXTRACTABLE'
  | 'CRYPTO_KEY_REFUSED'
>

const MESSAGES: Record<FixedCode, string> = {
  CRYPTO_KEY_ENCRYPTED:
    'the private key is encrypted with a pass phrase, and none is taken here. Write it out decrypted with: openssl pkey -in encrypted.pem -out private.pem',
  CRYPTO_KEY_PUBLIC:
    'this is a public key, and the private key is needed: take the other file of the pair, the one that starts with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----. If it is lost, make a new pair: openssl genrsa -out private.pem 2048, then openssl rsa -in private.pem -pubout -out public.pem',
  CRYPTO_KEY_CERTIFICATE:
    'this is a certificate or a certificate request, and the private key it was made with is needed. From a PKCS#12 container: openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem',
  CRYPTO_KEY_TOO_SMALL: `the RSA key has less than ${MINIMUM_BITS} bits. ${NEW_KEY}`,
  CRYPTO_KEY_TOO_LARGE: `the RSA key has more than ${MAXIMUM_BITS} bits. ${NEW_KEY}`,
  CRYPTO_KEY_INCONSISTENT: `the numbers of the RSA private key do not belong together: the file was altered or put together from two keys. Check it with: openssl rsa -check -noout -in private.pem`,
  CRYPTO_KEY_NOT_EXTRACTABLE:
    'the CryptoKey is not extractable, and decryption needs its numbers: import it with extractable set to true, or give the PEM text',
  CRYPTO_KEY_REFUSED: `the platform's Web Cryptography refused the RSA private key. Check it with: openssl rsa -check -noout -in private.pem`,
}

export function keyError(code: FixedCode): CryptoError {
  return new CryptoError(MESSAGES[code], { code })
}

export function keyMalformed(reason: string): CryptoError {
  return new CryptoError(
    `unreadable RSA private key: ${reason}. Expected is the whole content of the file that this writes: openssl genrsa -out private.pem 2048`,
    { code: 'CRYPTO_KEY_MALFORMED' },
  )
}

export function keyTypeUnsupported(found: string, remedy: string = NEW_KEY): CryptoError {
  return new CryptoError(`an RSA private key is needed, and this is ${found}. ${remedy}`, {
    code: 'CRYPTO_KEY_TYPE_UNSUPPORTED',
  })
}

export function keyLabelUnexpected(found: string, remedy: string = NEW_KEY): CryptoError {
  return new CryptoError(`an RSA private key is needed, and this is ${found}. ${remedy}`, {
    code: 'CRYPTO_KEY_LABEL_UNEXPECTED',
  })
}
