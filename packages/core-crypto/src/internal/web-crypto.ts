/**
 * The platform's Web Cryptography, looked up at each use.
 */
import type { CryptoKey as CryptoKeyLike } from '../keys.ts'
import { cryptoError } from './check.ts'
import { CHECK_KEY, KEY_PUBLIC, keyError } from './key-errors.ts'
import { checkModulusBits } from './rsa-private-numbers.ts'

export const RSASSA = 'RSASSA-PKCS1-v1_5'

export function subtleCrypto(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle === undefined) {
    throw cryptoError('WEBCRYPTO_UNAVAILABLE', 'crypto.subtle is missing: use https: or localhost')
  }
  return subtle
}

/** Uses a key. The platform's exceptions may quote what they refuse, so none is kept as a cause. */
export async function useKey<T>(use: (subtle: SubtleCrypto) => Promise<T>): Promise<T> {
  const subtle = subtleCrypto()
  try {
    return await use(subtle)
  } catch {
    throw keyError('REFUSED', 'refused by Web Cryptography', CHECK_KEY)
  }
}

/** By structure, since a key may come from another realm or from `node:crypto`. */
export function isCryptoKey(value: unknown): value is CryptoKeyLike {
  const { type, algorithm, usages } = Object(value) as Partial<CryptoKeyLike>
  return typeof type === 'string' && typeof algorithm?.name === 'string' && Array.isArray(usages)
}

/** Checks a key for signing or verifying, and gives its modulus length. */
export function checkRsassaKey(
  key: CryptoKeyLike,
  type: 'private' | 'public',
  usage: 'sign' | 'verify',
): number {
  const { name, hash, modulusLength } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
  if (key.type === 'public' && type === 'private') throw keyError(...KEY_PUBLIC)
  if (
    key.type !== type ||
    name !== RSASSA ||
    hash?.name !== 'SHA-256' ||
    !key.usages.includes(usage)
  ) {
    throw cryptoError(
      'KEY_USAGE',
      `the CryptoKey must be a ${type} key for ${RSASSA}, SHA-256 and ${usage}`,
    )
  }
  const bits = modulusLength ?? 0
  checkModulusBits(bits)
  return bits
}
