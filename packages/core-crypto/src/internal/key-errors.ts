/**
 * What is wrong with a key and how to mend it. Nothing of the key itself goes into a message.
 */
import type { CryptoError } from '../errors.ts'
import { type CryptoErrorKind, cryptoError } from './check.ts'

const NEW_KEY = 'openssl genrsa -out private.pem 2048'
export const CHECK_KEY = 'openssl rsa -check -noout -in private.pem'
export const FROM_PKCS12 = 'openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem'

/** The end of the code, what was given instead of a fit key, and what is to be done about it. */
export type KeyFault = readonly [
  kind: CryptoErrorKind extends infer K ? (K extends `KEY_${infer F}` ? F : never) : never,
  found: string,
  remedy?: string,
]

export const KEY_MALFORMED: KeyFault = [
  'MALFORMED',
  'unreadable, cut short or a file name',
  `give the whole file; check it: ${CHECK_KEY}`,
]
export const KEY_PUBLIC: KeyFault = [
  'PUBLIC',
  'a public key',
  `take its private key or: ${NEW_KEY}`,
]
export const KEY_TYPE_UNSUPPORTED: KeyFault = ['TYPE_UNSUPPORTED', 'not RSA of two primes']
export const KEY_LABEL_UNEXPECTED: KeyFault = ['LABEL_UNEXPECTED', 'another kind of file']

/** The remedy is a new key unless said otherwise. */
export function keyError(...[kind, found, remedy = NEW_KEY]: KeyFault): CryptoError {
  return cryptoError(
    `KEY_${kind}`,
    `an RSA private key is needed, this is ${found}. Remedy: ${remedy}`,
  )
}
