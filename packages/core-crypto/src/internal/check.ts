/**
 * Checks of parameters: what fails names the parameter and the form expected, never the value.
 */
import { CryptoError, type CryptoErrorCode } from '../errors.ts'

/** A {@link CryptoErrorCode} without what all have in front. */
export type CryptoErrorKind = CryptoErrorCode extends `CRYPTO_${infer K}` ? K : never

/** Most errors are a code and a message; spelled out at each place, that costs a tenth of the bundle. */
export function cryptoError(kind: CryptoErrorKind, message: string, option?: string): CryptoError {
  return new CryptoError(message, { code: `CRYPTO_${kind}`, option })
}

export function optionInvalid(option: string, expected: string): CryptoError {
  return cryptoError('OPTION_INVALID', `${option} must be ${expected}`, option)
}

/** True for a `Uint8Array` of any realm, subclasses included; other views are not bytes. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) &&
    (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Uint8Array'
  )
}

export function checkBytes(value: unknown, option: string): asserts value is Uint8Array {
  if (!isBytes(value)) throw optionInvalid(option, 'a Uint8Array')
}

export function checkString(value: unknown, option: string): asserts value is string {
  if (typeof value !== 'string') throw optionInvalid(option, 'a string')
}

export function checkBigInt(value: unknown, option: string): asserts value is bigint {
  if (typeof value !== 'bigint') throw optionInvalid(option, 'a bigint')
}
