/**
 * The platform's Web Cryptography, looked up at each use.
 */
import type { CryptoKey as CryptoKeyLike } from '../keys.ts'
import { cryptoError } from './check.ts'
import { keyError } from './key-errors.ts'
import { MAXIMUM_BITS, MINIMUM_BITS } from './rsa-private-numbers.ts'

export const RSASSA = 'RSASSA-PKCS1-v1_5'

export function subtleCrypto(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle === undefined) {
    throw cryptoError(
      'CRYPTO_WEBCRYPTO_UNAVAILABLE',
      'crypto.subtle is missing. Browsers offer it to secure origins only: https:, or http://localhost',
    )
  }
  return subtle
}

/** By structure, since a key may come from another realm or from `node:crypto`. */
export function isCryptoKey(value: unknown): value is CryptoKeyLike {
  if (typeof value !== 'object' || value === null) return false
  const { type, algorithm, usages } = value as Partial<CryptoKeyLike>
  return (
    typeof type === 'string' &&
    typeof algorithm === 'object' &&
    algorithm !== null &&
    Array.isArray(usages)
  )
}

/** Checks a key for signing or verifying, and gives its modulus length. */
export function checkRsassaKey(key: CryptoKeyLike, usage: 'sign' | 'verify'): number {
  const { name, hash, modulusLength } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
  const type = usage === 'sign' ? 'private' : 'public'
  if (type === 'private' && key.type === 'public') throw keyError('CRYPTO_KEY_PUBLIC')
  if (
    key.type !== type ||
    name !== RSASSA ||
    hash?.name !== 'SHA-256' ||
    !key.usages.includes(usage)
  ) {
    throw cryptoError(
      'CRYPTO_KEY_USAGE',
      `the CryptoKey is not a ${type} key for ${RSASSA} with SHA-256 and the usage ${usage}: import it as such`,
    )
  }
  const bits = modulusLength ?? 0
  if (bits < MINIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_SMALL')
  if (bits > MAXIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_LARGE')
  return bits
}
