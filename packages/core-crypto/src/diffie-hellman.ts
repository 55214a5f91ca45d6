/**
 * Finite-field Diffie-Hellman with an ephemeral 256-bit exponent, and the files of its parameters: PKCS#3 and
 * X9.42, PEM and DER, and bare hexadecimal. What is no such file is named.
 */
import { bytesToBigInt, hexToBytes, isBytes, randomBytes } from './internal/bytes.ts'
import {
  type DerElement,
  derSequence,
  derUnsigned,
  encodeDer,
  encodeDerInteger,
  isNegative,
  TAG_INTEGER,
  TAG_SEQUENCE,
} from './internal/der.ts'
import { newError, refuse, requireBigInt, requireObject } from './internal/errors.ts'
import { dhParametersError } from './internal/key-errors.ts'
import { derOfFile, encodePem, type KeyFile, readKeyFile } from './internal/key-file.ts'
import { type Acceleration, checkAcceleration } from './internal/native-crypto.ts'
import { type NativeDhKey, nativeDhKey } from './internal/native-dh.ts'
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

/** What {@link parseDhParameters} may be told. */
export interface ParseDhParametersOptions {
  /** As for {@link generateDhKeyPair}. */
  readonly acceleration?: Acceleration | undefined
}

/** What {@link generateDhKeyPair} may be told. */
export interface GenerateDhKeyPairOptions {
  /**
   * Gives the 32 bytes of the private key, which are taken unchanged (at least 1). Default:
   * {@link randomBytes}, with the top bit set. For tests with known answers: whoever predicts these
   * bytes knows the private key.
   */
  readonly random?: ((length: number) => Uint8Array) | undefined
  /**
   * `auto`: on Node native code computes the powers, after a known answer at first use; elsewhere our own
   * arithmetic does (Bun has no way to give native code a prime that is not slower). `portable`: our own
   * everywhere. Default: `auto`.
   */
  readonly acceleration?: Acceleration | undefined
}

/** What {@link computeDhSharedSecret} takes. */
export interface ComputeDhSharedSecretOptions {
  readonly parameters: DhParameters
  /** The own secret exponent, 1 … prime - 2; or the key pair, whose native form is used again then. */
  readonly privateKey: bigint | DhKeyPair
  /** The other side's public key, 2 … prime - 2. */
  readonly peerPublicKey: bigint
  /** As for {@link generateDhKeyPair}; a key pair stays with what computed its public key. */
  readonly acceleration?: Acceleration | undefined
}

/** What computed a key pair: native code, or our own arithmetic. Never printed. */
interface Origin {
  readonly parameters: DhParameters
  readonly privateKey: bigint
  readonly native: NativeDhKey | undefined
}

const origins = new WeakMap<DhKeyPair, Origin>()

const WINDOW = 4
const PRIVATE_KEY_BYTES = 32
/** Longer numbers would hold up whoever creates a client: 8192 bits take a second. */
const EULER_TEST_BITS = 4096n
/** Primes that passed the test, so that a program with many clients of one prime tests it once. */
const passedPrimes = new Set<bigint>()
const PASSED_PRIMES_LIMIT = 16
/** RFC 3526, RFC 7919 and `openssl dhparam` all use it. */
const DEFAULT_GENERATOR = 2n

/**
 * Reads Diffie-Hellman parameters in any form they are passed around in.
 *
 * Taken are: PEM with the label `DH PARAMETERS` (PKCS#3: prime, generator, perhaps a length) or
 * `X9.42 DH PARAMETERS` (prime, generator, subgroup order), UTF-8 or UTF-16, with CRLF, the two characters
 * `\n` for line breaks, blanks that cannot be seen, other text around the block, or the whole in base64 once
 * more; the same as DER; the bytes of such a file; and the prime alone in hexadecimal, in either case, with
 * or without `0x`, a zero byte in front, colons, blanks and line breaks; the generator is 2 then. At most
 * 65536 characters or bytes. Parameters that were read already are copied and checked, all but their being prime.
 *
 * The prime is divided by all numbers below 1000, and up to 4096 bits put to one Euler test to the base 3,
 * which is a power with an exponent as long as the prime, and grows with the cube of its length: a digit that was
 * mistyped or lost is told here and not by a failed key exchange. Primes that passed are remembered (16 of them, while
 * the program runs), so that many clients with one file test it once. It is no proof: check a file of unknown
 * origin with `openssl dhparam -check -noout -in FILE`. Parameters that are known already can be given to
 * the other functions as they are, without this function.
 *
 * @returns a prime of 2048 to 8192 bits, and the generator, 2 … prime - 2
 * @throws {@link CryptoError} `CRYPTO_DH_PARAMETERS_INVALID` for anything else; the message tells the causes
 *   apart: a file name, another kind of file, a damaged encoding, a prime that is too small, negative or not
 *   prime, an unfit generator; `CRYPTO_OPTION_INVALID` when `input` is neither text nor bytes, or empty.
 * @example `const { prime, generator } = parseDhParameters(pemText)`
 *
 * *Source*: PKCS #3 section 9; RFC 3279 section 2.3.3 (X9.42); RFC 7468.
 */
export function parseDhParameters(
  input: string | Uint8Array | DhParameters,
  options: ParseDhParametersOptions = {},
): DhParameters {
  requireObject(options, 'options', 'an object')
  checkAcceleration(options.acceleration)
  const isRead = 'prime' in Object(input)
  const { prime, generator } = isRead ? (input as DhParameters) : fromFile(readKeyFile(input))
  const parameters = { prime, generator }
  checkDhParameters(parameters)
  if (!isRead && !isProbablyPrime(prime, options.acceleration)) throw dhParametersError('notPrime')
  return parameters
}

/**
 * Writes parameters as a PKCS#3 PEM file. Both INTEGERs carry the sign byte where their top bit is
 * set, without which strict parsers read a negative number.
 *
 * @param parameters - as {@link parseDhParameters} returns them
 * @returns PEM with the label `DH PARAMETERS`, lines of 64 characters, a line break at the end
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` for values of the wrong type,
 *   `CRYPTO_DH_PARAMETERS_INVALID` for an unfit group.
 * @example `const pem = encodeDhParameters(DH_GROUPS.ffdhe2048)`
 *
 * *Source*: PKCS #3 section 9; RFC 7468.
 */
export function encodeDhParameters(parameters: DhParameters): string {
  checkDhParameters(parameters)
  const { prime, generator } = parameters
  const der = encodeDer(TAG_SEQUENCE, encodeDerInteger(prime), encodeDerInteger(generator))
  return encodePem('DH PARAMETERS', der)
}

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
  const { random, acceleration } = options
  checkAcceleration(acceleration)
  const privateKey =
    random === undefined
      ? bytesToBigInt(randomBytes(PRIVATE_KEY_BYTES)) | (1n << 255n)
      : chosenPrivateKey(random)
  const native = nativeDhKey(parameters, privateKey, acceleration)
  const publicKey = native?.publicKey ?? uniformWindowPow(generator, privateKey, prime, WINDOW)
  const pair = { privateKey, publicKey }
  origins.set(pair, { parameters: { prime, generator }, privateKey, native })
  return pair
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
  const { parameters, peerPublicKey, acceleration } = options
  checkDhParameters(parameters)
  checkAcceleration(acceleration)
  const { prime } = parameters
  requireBigInt(peerPublicKey, 'peerPublicKey')
  const given: unknown = options.privateKey
  const privateKey = typeof given === 'object' && given ? (given as DhKeyPair).privateKey : given
  if (typeof privateKey !== 'bigint' || privateKey < 1n || privateKey > prime - 2n) {
    return refuse('privateKey', 'a bigint from 1 to prime - 2, or a key pair with one')
  }
  const origin = originOf(given, { parameters, privateKey })
  const native = origin ? origin.native : nativeDhKey(parameters, privateKey, acceleration)
  const power = (base: bigint) =>
    native ? native.agree(base) : uniformWindowPow(base, privateKey, prime, WINDOW)
  // A public key in a tiny subgroup is in range, but the secret that it gives is not.
  const secret = inRange(peerPublicKey, prime) ? power(peerPublicKey) : 0n
  if (!inRange(secret, prime)) {
    throw newError(
      'DH_PUBLIC_KEY_RANGE',
      'The public key received must be from 2 to prime - 2. The likely cause is that the two sides use different primes: give the parameters that are registered. Otherwise the answer was altered.',
    )
  }
  return secret
}

/** What computed a key pair, where it is still the one that was made for this group. */
function originOf(
  given: unknown,
  { parameters, privateKey }: Omit<Origin, 'native'>,
): Origin | undefined {
  const origin = origins.get(given as DhKeyPair)
  const isSame =
    origin?.privateKey === privateKey &&
    origin.parameters.prime === parameters.prime &&
    origin.parameters.generator === parameters.generator
  return isSame ? origin : undefined
}

function fromFile(file: KeyFile): DhParameters {
  const digits = file.form === 'text' ? file.text.replace(/[:\s]+/g, '').replace(/^0x/i, '') : ''
  // Five hundred hexadecimal digits of a prime without a letter among them do not occur.
  if (/^\d{500,}$/.test(digits)) throw dhParametersError('decimal')
  if (/^[\da-f]+$/i.test(digits)) return fromHex(digits)
  const der = derOfFile(file, 'dhParameters')
  if (typeof der === 'string') throw dhParametersError(der)
  return fromDer(der)
}

function fromHex(digits: string): DhParameters {
  const significant = digits.replace(/^0+/, '')
  // The head of a DER file of this size; a prime that begins so is no DER.
  if (/^3082/i.test(significant) && significant.length % 2 === 0) {
    const der = hexToBytes(significant)
    if (derSequence(der).length > 0) return fromDer(der)
  }
  const half = digits.slice(0, digits.length / 2)
  // Pasted twice it is one number all the same, as a block is.
  if (half.length >= 512 && digits === half + half) return fromHex(half)
  // 8192 bits are 2048 digits: what is longer is not worth a number.
  if (significant.length > 2048) throw dhParametersError('tooLarge')
  return { prime: BigInt(`0x0${significant}`), generator: DEFAULT_GENERATOR }
}

function fromDer(der: Uint8Array): DhParameters {
  const elements = derSequence(der)
  if (elements.length === 0) throw dhParametersError('der')
  if (elements.length === 1) throw dhParametersError('generator')
  if (!isDhParameter(elements)) throw dhParametersError('otherDer')
  const [first, second] = elements as [DerElement, DerElement]
  if (isNegative(first)) throw dhParametersError('negative')
  if (isNegative(second)) throw dhParametersError('generator')
  const [prime, generator] = [derUnsigned(first), derUnsigned(second)]
  if (prime === undefined || generator === undefined) throw dhParametersError('der')
  return { prime, generator }
}

/** PKCS#3 may add a length; X9.42 adds the subgroup order and perhaps a cofactor and a seed. */
function isDhParameter(elements: readonly DerElement[]): boolean {
  const integers = elements.at(-1)?.tag === TAG_SEQUENCE ? elements.slice(0, -1) : elements
  return [2, 3, 4].includes(integers.length) && integers.every(({ tag }) => tag === TAG_INTEGER)
}

/**
 * Refuses groups that are malformed or too weak. Whether the prime is prime is not checked here: that
 * costs as much as half of the exchange, and is done once where a file is read.
 */
function checkDhParameters(parameters: DhParameters): void {
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
 */
function isProbablyPrime(number: bigint, acceleration: Acceleration | undefined): boolean {
  if (passedPrimes.has(number)) return true
  for (let divisor = 3n; divisor < 1000n; divisor += 2n) if (number % divisor === 0n) return false
  if (number >> EULER_TEST_BITS !== 0n) return true
  const native = nativeDhKey({ prime: number, generator: 3n }, number / 2n, acceleration)
  const root = native?.publicKey ?? uniformWindowPow(3n, number / 2n, number, WINDOW)
  if (root !== 1n && root !== number - 1n) return false
  if (passedPrimes.size === PASSED_PRIMES_LIMIT) passedPrimes.clear()
  passedPrimes.add(number)
  return true
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
