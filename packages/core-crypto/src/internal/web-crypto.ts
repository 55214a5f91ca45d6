/**
 * The platform's Web Cryptography, looked up at each use.
 */
import { CryptoError } from '../errors.ts'
import type { CryptoKey as CryptoKeyLike } from '../keys.ts'
import { keyError, MAXIMUM_BITS, MINIMUM_BITS } from './key-errors.ts'

export const RSASSA = 'RSASSA-PKCS1-v1_5'

export function subtleCrypto(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle === undefined) {
    throw new CryptoError(
      'crypto.subtle is missing. Browsers offer it to secure origins only: serve the page over https:, or from http://localhost',
      { code: 'CRYPTO_WEBCRYPTO_UNAVAILABLE' },
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
    throw new CryptoError(
      `the CryptoKey is not a ${type} key for ${RSASSA} with SHA-256 and the usage '${usage}': import it with { name: '${RSASSA}', hash: 'SHA-256' } and ['${usage}']`,
      { code: 'CRYPTO_KEY_USAGE' },
    )
  }
  const bits = modulusLength ?? 0
  if (bits < MINIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_SMALL')
  if (bits > MAXIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_LARGE')
  return bits
}
