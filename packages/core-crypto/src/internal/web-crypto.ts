/**
 * The platform's Web Cryptography, looked up at each use.
 */
import { newError } from './errors.ts'
import { checkModulusBits, keyError } from './key-errors.ts'
import type { CryptoKey as CryptoKeyLike } from './keys.ts'

export const RSASSA = 'RSASSA-PKCS1-v1_5'

export function subtleCrypto(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle === undefined) {
    throw newError(
      'WEBCRYPTO_UNAVAILABLE',
      'Web Cryptography (crypto.subtle) is missing. In a page, the likely cause is an insecure origin: serve it over https or from localhost.',
    )
  }
  return subtle
}

/** Uses a key. The platform's exceptions may quote what they refuse, so none is kept as a cause. */
export async function useKey<T>(use: (subtle: SubtleCrypto) => Promise<T>): Promise<T> {
  const subtle = subtleCrypto()
  try {
    return await use(subtle)
  } catch {
    throw keyError('refused')
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
  if (key.type === 'public' && type === 'private') throw keyError('publicKey')
  if (
    key.type !== type ||
    name !== RSASSA ||
    hash?.name !== 'SHA-256' ||
    !key.usages.includes(usage)
  ) {
    throw newError(
      'KEY_USAGE',
      `The CryptoKey must be a ${type} key made for ${RSASSA} with SHA-256 and the usage ${usage}. Import it so, and look whether the key for signatures and the key for encryption are swapped.`,
    )
  }
  const bits = modulusLength ?? 0
  checkModulusBits(bits)
  return bits
}
