/**
 * The errors of this package, and checks of parameters: what fails names the parameter and the form
 * expected, never the value.
 */
import { isBytes } from './bytes.ts'
import { CryptoError, type CryptoErrorCode } from './errors.ts'

/** A {@link CryptoErrorCode} without what all have in front. */
export type CryptoErrorKind = CryptoErrorCode extends `CRYPTO_${infer K}` ? K : never

/** Makes the error whose code ends in `kind`. */
export function newError(kind: CryptoErrorKind, message: string, option?: string): CryptoError {
  return new CryptoError(message, { code: `CRYPTO_${kind}`, option })
}

/** Throws `CRYPTO_OPTION_INVALID` about a parameter that has another form than expected. */
export function refuse(option: string, form: string): never {
  throw newError('OPTION_INVALID', `${option} must be ${form}.`, option)
}

/** Refuses anything but an object of parameters. */
export function requireObject(value: unknown, option: string, form: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(option, form)
}

export function requireBytes(value: unknown, option: string): asserts value is Uint8Array {
  if (!isBytes(value)) refuse(option, 'a Uint8Array')
}

export function requireString(value: unknown, option: string): asserts value is string {
  if (typeof value !== 'string') refuse(option, 'a string')
}

export function requireBigInt(value: unknown, option: string): asserts value is bigint {
  if (typeof value !== 'bigint') refuse(option, 'a bigint')
}
