/**
 * The numbers of a two-prime RSA private key (RFC 8017 section 3.2): their check, and their form for WebCrypto.
 */
import { bytesToBase64Url } from '../encoding.ts'
import { bigIntToBytes, bitLength } from './bigint.ts'
import { keyError } from './key-errors.ts'

export const MINIMUM_BITS = 2048
export const MAXIMUM_BITS = 8192

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

/** The form in which WebCrypto imports them: RFC 7518 section 6.3. */
export function rsaPrivateJwk(numbers: RsaPrivateNumbers): JsonWebKey {
  const members = Object.entries(numbers).map(([name, value]) => {
    const length = Math.ceil(bitLength(value) / 8)
    return [name, bytesToBase64Url(bigIntToBytes(value, length))]
  })
  return { kty: 'RSA', ...Object.fromEntries(members) }
}

function odd(value: bigint): boolean {
  return value % 2n === 1n
}
