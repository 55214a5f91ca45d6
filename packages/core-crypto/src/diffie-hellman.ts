/**
 * Finite-field Diffie-Hellman with an ephemeral 256-bit exponent.
 */
import { bytesToBigInt, isBytes, randomBytes } from './internal/bytes.ts'
import { newError, refuse, requireBigInt, requireObject } from './internal/errors.ts'
import { dhParametersError } from './internal/key-errors.ts'
import { uniformWindowPow } from './internal/uniform-window-pow.ts'

/** A group: an odd prime of 2048 to 8192 bits and a generator from 2 to prime - 2. */
export interface DhParameters {
  readonly prime: bigint
  readonly generator: bigint
}

/** What {@link generateDhKeyPair} returns. Keep `privateKey` in memory only. */
export interface DhKeyPair {
  /** The secret exponent: 256 bits, the top one set, unless `random` gave other ones. */
  readonly privateKey: bigint
  /** `generator^privateKey mod prime`. */
  readonly publicKey: bigint
}

/** What {@link generateDhKeyPair} may be told. */
export interface GenerateDhKeyPairOptions {
  /**
   * Gives the 32 bytes of the private key, which are taken unchanged (at least 1). Default:
   * {@link randomBytes}, with the top bit set. For tests with known answers: whoever predicts these
   * bytes knows the private key.
   */
  readonly random?: ((length: number) => Uint8Array) | undefined
}

/** What {@link computeDhSharedSecret} takes. */
export interface ComputeDhSharedSecretOptions {
  readonly parameters: DhParameters
  /** The own secret exponent, 1 … prime - 2. */
  readonly privateKey: bigint
  /** The other side's public key, 2 … prime - 2. */
  readonly peerPublicKey: bigint
}

const WINDOW = 4
const PRIVATE_KEY_BYTES = 32
const TOP_BIT = 1n << 255n
/** Longer numbers would hold up whoever creates a client: 8192 bits take a second. */
const EULER_TEST_BITS = 3072n

/**
 * Makes a fresh key pair. The private key is 256 random bits of which the top one is set, so that
 * every key pair takes the same sequence of operations. (Bytes of a `random` are taken unchanged.)
 *
 * @param parameters - the group, as {@link parseDhParameters} gives it
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for a parameter of the wrong type or a `random`
 *   that does not return 32 bytes or returns zeros, `CRYPTO_DH_PARAMETERS_INVALID` for an unfit group,
 *   `CRYPTO_WEBCRYPTO_UNAVAILABLE` where the runtime has no random generator.
 * @example
 * ```ts
 * const parameters = parseDhParameters(pem)
 * const { privateKey, publicKey } = generateDhKeyPair(parameters)
 * ```
 *
 * *Source*: RFC 2631 section 2.1.1; exponent length after RFC 7919 section 5.2.
 */
export function generateDhKeyPair(
  parameters: DhParameters,
  options: GenerateDhKeyPairOptions = {},
): DhKeyPair {
  checkDhParameters(parameters)
  requireObject(options, 'options', 'an object')
  const { prime, generator } = parameters
  const { random } = options
  const privateKey =
    random === undefined
      ? bytesToBigInt(randomBytes(PRIVATE_KEY_BYTES)) | TOP_BIT
      : chosenPrivateKey(random)
  return { privateKey, publicKey: uniformWindowPow(generator, privateKey, prime, WINDOW) }
}

/**
 * Computes the shared secret, after refusing public keys that would fix it in advance.
 *
 * @returns `peerPublicKey^privateKey mod prime`, 2 … prime - 2
 * @throws {@link CryptoError} `CRYPTO_DH_PUBLIC_KEY_RANGE` when the other side's public key is not
 *   within 2 … prime - 2 or lies in a subgroup so small that the secret is 1 or prime - 1;
 *   `CRYPTO_OPTION_INVALID` for a parameter of the wrong type or a private key out of range;
 *   `CRYPTO_DH_PARAMETERS_INVALID` for an unfit group.
 * @example
 * ```ts
 * const secret = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
 * const key = bigIntToTwosComplement(secret)
 * ```
 *
 * *Source*: RFC 2631 sections 2.1.2 and 2.1.5; NIST SP 800-56A rev. 3 section 5.7.1.1.
 */
export function computeDhSharedSecret(options: ComputeDhSharedSecretOptions): bigint {
  requireObject(options, 'options', 'an object with parameters, privateKey and peerPublicKey')
  const { parameters, privateKey, peerPublicKey } = options
  checkDhParameters(parameters)
  const { prime } = parameters
  requireBigInt(peerPublicKey, 'peerPublicKey')
  if (typeof privateKey !== 'bigint' || privateKey < 1n || privateKey > prime - 2n) {
    refuse('privateKey', 'a bigint from 1 to prime - 2')
  }
  // A public key in a tiny subgroup is in range, but the secret that it gives is not.
  const secret = inRange(peerPublicKey, prime)
    ? uniformWindowPow(peerPublicKey, privateKey, prime, WINDOW)
    : 0n
  if (!inRange(secret, prime)) {
    throw newError(
      'DH_PUBLIC_KEY_RANGE',
      'The public key received must be from 2 to prime - 2. The likely cause is that the two sides use different primes: give the parameters that are registered. Otherwise the answer was altered.',
    )
  }
  return secret
}

/**
 * Refuses groups that are malformed or too weak. Whether the prime is prime is not checked here: that
 * costs as much as half of the exchange, and is done once where a file is read.
 *
 * @internal
 */
export function checkDhParameters(parameters: DhParameters): void {
  requireObject(parameters, 'parameters', 'an object with prime and generator')
  const { prime, generator } = parameters
  requireBigInt(prime, 'parameters.prime')
  requireBigInt(generator, 'parameters.generator')
  if (prime >> 2047n <= 0n) throw dhParametersError('tooSmall')
  if (prime >> 8192n !== 0n) throw dhParametersError('tooLarge')
  if (prime % 2n === 0n) throw dhParametersError('notPrime')
  if (!inRange(generator, prime)) throw dhParametersError('generator')
}

/**
 * Tells whether an odd number of 2048 bits or more may be prime: every prime passes. Others have a small
 * factor, which is looked for whatever the size is, or fail an Euler test to the base 3, which is run as
 * far as its time is short. (To the base 2 numbers of nothing but ones pass that are not prime.)
 *
 * @internal
 */
export function isProbablyPrime(number: bigint): boolean {
  for (let divisor = 3n; divisor < 1000n; divisor += 2n) if (number % divisor === 0n) return false
  if (number >> EULER_TEST_BITS !== 0n) return true
  const root = uniformWindowPow(3n, number / 2n, number, WINDOW)
  return root === 1n || root === number - 1n
}

/** 2 to prime - 2: neither 0, 1 nor -1, whose powers anybody knows. */
function inRange(value: bigint, prime: bigint): boolean {
  return value > 1n && value < prime - 1n
}

function chosenPrivateKey(random: (length: number) => Uint8Array): bigint {
  const bytes: unknown = typeof random === 'function' && random(PRIVATE_KEY_BYTES)
  const isFit = isBytes(bytes) && bytes.length === PRIVATE_KEY_BYTES
  const privateKey = isFit ? bytesToBigInt(bytes) : 0n
  if (privateKey === 0n) {
    refuse('random', 'a function that returns 32 bytes, not all zero')
  }
  return privateKey
}
