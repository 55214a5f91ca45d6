/**
 * The numbers of a two-prime RSA private key (RFC 8017 section 3.2): their check, and their PKCS#8 form.
 */
import type { Bytes } from '../bytes.ts'
import { bitLength } from './bigint.ts'
import {
  encodeDer,
  encodeDerInteger,
  TAG_OBJECT_IDENTIFIER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './der.ts'
import { keyError, MAXIMUM_BITS, MINIMUM_BITS } from './key-errors.ts'

export interface RsaPrivateNumbers {
  readonly n: bigint
  readonly e: bigint
  readonly d: bigint
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qi: bigint
}

/** 1.2.840.113549.1.1.1 */
export const RSA_ENCRYPTION: readonly number[] = [
  0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
]

/**
 * Refuses keys of unfit size and numbers that do not belong together. Cheap: no primality test and
 * no inversion.
 */
export function checkRsaPrivateNumbers(numbers: RsaPrivateNumbers): void {
  const { n, e, d, p, q, dp, dq, qi } = numbers
  const bits = bitLength(n)
  if (bits < MINIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_SMALL')
  if (bits > MAXIMUM_BITS) throw keyError('CRYPTO_KEY_TOO_LARGE')
  const consistent =
    odd(e) &&
    e >= 3n &&
    e < 1n << 256n &&
    odd(p) &&
    odd(q) &&
    p > 1n &&
    q > 1n &&
    p !== q &&
    p * q === n &&
    d < n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp < p &&
    (e * dp) % (p - 1n) === 1n &&
    dq < q &&
    (e * dq) % (q - 1n) === 1n &&
    qi < p &&
    (qi * q) % p === 1n
  if (!consistent) throw keyError('CRYPTO_KEY_INCONSISTENT')
}

/** PrivateKeyInfo of RFC 5208, the only form that WebCrypto imports. */
export function encodePkcs8({ n, e, d, p, q, dp, dq, qi }: RsaPrivateNumbers): Bytes {
  const version = encodeDerInteger(0n)
  const rsaPrivateKey = encodeDer(
    TAG_SEQUENCE,
    version,
    ...[n, e, d, p, q, dp, dq, qi].map(encodeDerInteger),
  )
  const algorithm = encodeDer(
    TAG_SEQUENCE,
    encodeDer(TAG_OBJECT_IDENTIFIER, Uint8Array.from(RSA_ENCRYPTION)),
    encodeDer(5),
  )
  return encodeDer(TAG_SEQUENCE, version, algorithm, encodeDer(TAG_OCTET_STRING, rsaPrivateKey))
}

function odd(value: bigint): boolean {
  return value % 2n === 1n
}
