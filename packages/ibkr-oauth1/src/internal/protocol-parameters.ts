/**
 * The parameters that every signed request has (RFC 5849 section 3.1), nonce and timestamp among them.
 */
import { bytesToHex, randomBytes } from '@isoauth/core-crypto'
import { isWellFormed, refuse } from './errors.ts'

/** A decoded name and value. */
export type Parameter = readonly [name: string, value: string]

/** Checks that parameters are pairs of well-formed texts. */
export function requireParameters(parameters: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> {
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every(isWellFormed)
  const isRight = Array.isArray(parameters) && parameters.every(isPair)
  return isRight
    ? parameters
    : refuse('parameters', 'an array of [name, value] pairs of well-formed texts')
}

/** The parameters that every signed request has, decoded. */
export function protocolParameters(values: {
  readonly consumerKey: string
  readonly nonce: string
  readonly signatureMethod: string
  readonly timestamp: string
}): Parameter[] {
  return [
    ['oauth_consumer_key', values.consumerKey],
    ['oauth_nonce', values.nonce],
    ['oauth_signature_method', values.signatureMethod],
    ['oauth_timestamp', values.timestamp],
  ]
}

/** 16 bytes in hex. */
const NONCE_DIGITS = 32
const POOL_BYTES = 4096

/**
 * Makes a source of nonces, 16 random bytes in hex: only letters and digits, since the broker's library
 * does not decode header values. It draws random bytes 4096 at a time; no byte is used twice.
 */
export function createNonceSource(): () => string {
  let pool = ''
  let at = 0
  return () => {
    if (at === pool.length) {
      pool = bytesToHex(randomBytes(POOL_BYTES))
      at = 0
    }
    at += NONCE_DIGITS
    return pool.slice(at - NONCE_DIGITS, at)
  }
}

/** Checks a nonce: letters and digits. */
export function requireNonce(nonce: string): string {
  if (typeof nonce !== 'string' || !/^[a-z0-9]+$/i.test(nonce)) {
    refuse('nonce', 'letters and digits, fresh for each request')
  }
  return nonce
}

/** Checks a timestamp: whole seconds since 1970, ten digits. */
export function requireTimestamp(
  timestamp: number | string,
  option = 'timestamp',
  form = 'whole seconds since 1970 (ten digits, no milliseconds)',
): string {
  const text = typeof timestamp === 'number' ? `${timestamp}` : timestamp
  if (typeof text !== 'string' || !/^\d{10}$/.test(text)) {
    refuse(option, form)
  }
  return text
}
