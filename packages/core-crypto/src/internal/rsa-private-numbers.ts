/**
 * The numbers of a two-prime RSA private key (RFC 8017 section 3.2): their check, and their form for WebCrypto.
 */
import { bytesToBase64Url } from './encoding.ts'
import { bigIntToBytes, bitLength } from './integers.ts'
import { KEY_FAULTS, keyError } from './key-errors.ts'

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

/** Refuses a modulus of less than 2048 or more than 8192 bits. */
export function checkModulusBits(bits: number): void {
  if (bits < 2048) throw keyError(KEY_FAULTS.tooSmall)
  if (bits > 8192) throw keyError(KEY_FAULTS.tooLarge)
}

/**
 * Refuses keys of unfit size and numbers that do not belong together. Cheap: no primality test and
 * no inversion, and nothing is multiplied before it is known to be of fit size.
 */
export function checkRsaPrivateNumbers(numbers: RsaPrivateNumbers): void {
  const { n, e, d, p, q, dp, dq, qi } = numbers
  checkModulusBits(bitLength(n))
  const fits = (prime: bigint, exponent: bigint) =>
    (e * d) % (prime - 1n) === 1n && d % (prime - 1n) === exponent
  // Both above 1, since each is below their product n; e is odd and p not q, or nothing is inverse.
  const consistent =
    n % 2n === 1n &&
    e > 1n &&
    e < 1n << 256n &&
    d < n &&
    p < n &&
    q < n &&
    p * q === n &&
    fits(p, dp) &&
    fits(q, dq) &&
    qi < p &&
    (qi * q) % p === 1n
  if (!consistent) throw keyError(KEY_FAULTS.inconsistent)
}

/** The form in which WebCrypto imports them: RFC 7518 section 6.3. */
export function rsaPrivateJwk(numbers: RsaPrivateNumbers): JsonWebKey {
  const members = Object.entries(numbers).map(([name, value]) => [
    name,
    bytesToBase64Url(bigIntToBytes(value)),
  ])
  return { kty: 'RSA', ...Object.fromEntries(members) }
}
