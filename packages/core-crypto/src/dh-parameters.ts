/**
 * Diffie-Hellman parameter files: PKCS#3 and X9.42, PEM and DER, and bare hexadecimal.
 */
import { checkDhParameters, type DhParameters, dhParametersInvalid } from './diffie-hellman.ts'
import { optionInvalid } from './internal/check.ts'
import {
  derSequence,
  derTags,
  derUnsigned,
  encodeDer,
  encodeDerInteger,
  TAG_SEQUENCE,
} from './internal/der.ts'
import { encodePem, pemBlocks, pemBytes, textOfFile } from './internal/pem.ts'

/** RFC 3526, RFC 7919 and `openssl dhparam` all use it. */
const DEFAULT_GENERATOR = 2n

/**
 * Reads Diffie-Hellman parameters in any form they are passed around in.
 *
 * Taken are: PEM with the label `DH PARAMETERS` (PKCS#3: prime, generator, perhaps a length) or
 * `X9.42 DH PARAMETERS` (prime, generator, subgroup order), with CRLF, the two characters `\n`
 * for line breaks, or other text around the block; the same as DER; the bytes of such a PEM file; and
 * the prime alone in hexadecimal, in either case, with or without `0x`, a zero byte in front, colons,
 * blanks and line breaks; the generator is 2 then.
 *
 * That the prime is prime is **not** checked, since that takes longer than the key exchange; check a
 * file of unknown origin once with `openssl dhparam -check -noout -in FILE`.
 *
 * @returns a prime of 2048 to 8192 bits, and the generator, 2 … prime - 2
 * @throws {@link CryptoError} `CRYPTO_DH_PARAMETERS_INVALID` when it is none of these forms, the
 *   encoding is damaged, or the numbers are unfit; `CRYPTO_OPTION_INVALID` when `input` is neither text
 *   nor bytes, or empty.
 * @example `const { prime, generator } = parseDhParameters(pemText)`
 *
 * *Source*: PKCS #3 section 9; RFC 3279 section 2.3.3 (X9.42); RFC 7468.
 */
export function parseDhParameters(input: string | Uint8Array): DhParameters {
  const text = textOfFile(input)
  if (text === '') throw optionInvalid('input', 'PEM, DER or hexadecimal')
  const parameters = text === undefined ? fromDer(input as Uint8Array) : fromText(text)
  checkDhParameters(parameters)
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

function fromText(text: string): DhParameters {
  const hex = text.replace(/^0x|[:\s]+/gi, '')
  if (/^[\da-f]{1,4096}$/i.test(hex)) {
    return { prime: BigInt(`0x${hex}`), generator: DEFAULT_GENERATOR }
  }
  const block = pemBlocks(text).find(({ label }) => /^(X9\.42 )?DH PARAMETERS$/.test(label))
  if (block === undefined) throw dhParametersInvalid()
  return fromDer(pemBytes(block))
}

function fromDer(der: Uint8Array): DhParameters {
  const elements = derSequence(der)
  // PKCS#3 may add a length; X9.42 adds the subgroup order and perhaps a cofactor and a seed.
  const isKnown = /^0202((02){1,2}(30)?)?$/.test(derTags(elements))
  const [prime, generator] = isKnown ? elements.map(derUnsigned) : []
  if (prime === undefined || generator === undefined) throw dhParametersInvalid()
  return { prime, generator }
}
