/**
 * Diffie-Hellman parameter files: PKCS#3 and X9.42, PEM and DER, and bare hexadecimal. What is no such
 * file is named, with the remedy first that keeps what is registered.
 */
import { checkDhParameters, type DhParameters, isProbablyPrime } from './diffie-hellman.ts'
import { hexToBytes } from './internal/bytes.ts'
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
import { dhParametersError } from './internal/key-errors.ts'
import { derOfFile, encodePem, type KeyFile, readKeyFile } from './internal/key-file.ts'

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
 * 65536 characters or bytes.
 *
 * The prime is divided by all numbers below 1000, and up to 3072 bits put to one Euler test to the base 3,
 * which costs as much as a power (5 to 20 ms for 2048 bits, three times that for 3072): a digit that was
 * mistyped or lost is told here and not by a failed key exchange. It is no proof: check a file of unknown
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
export function parseDhParameters(input: string | Uint8Array): DhParameters {
  const parameters = fromFile(readKeyFile(input))
  checkDhParameters(parameters)
  if (!isProbablyPrime(parameters.prime)) throw dhParametersError('notPrime')
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
