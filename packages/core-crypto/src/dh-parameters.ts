/**
 * Diffie-Hellman parameter files: PKCS#3 and X9.42, PEM and DER, and bare hexadecimal.
 */
import { checkDhParameters, type DhParameters } from './diffie-hellman.ts'
import type { CryptoError } from './errors.ts'
import { cryptoError, isBytes, optionInvalid } from './internal/check.ts'
import {
  derSequence,
  derUnsigned,
  encodeDer,
  encodeDerInteger,
  TAG_INTEGER,
  TAG_SEQUENCE,
} from './internal/der.ts'
import { encodePem, hasPemStart, pemBlocks, pemBytes, textOfBytes } from './internal/pem.ts'

/** RFC 3526, RFC 7919 and `openssl dhparam` all use it. */
const DEFAULT_GENERATOR = 2n

/**
 * Reads Diffie-Hellman parameters in any form they are passed around in.
 *
 * Taken are: PEM with the label `DH PARAMETERS` (PKCS#3: prime, generator, perhaps a length) or
 * `X9.42 DH PARAMETERS` (prime, generator, subgroup order), with CRLF, the two characters `\n`
 * for line breaks, or other text around the block; the same as DER; the bytes of such a PEM file; what
 * `openssl dhparam -text -noout` prints; and the prime alone in hexadecimal, in either case, with
 * or without `0x`, a zero byte in front, colons, blanks and line breaks; the generator is 2 then.
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
  if (typeof input !== 'string' && !isBytes(input)) {
    throw optionInvalid('input', 'a string (PEM or hexadecimal) or a Uint8Array (DER)')
  }
  const text = typeof input === 'string' ? input : textOfBytes(input)
  if (input.length === 0 || text?.trim() === '') {
    throw optionInvalid('input', 'Diffie-Hellman parameters and not empty')
  }
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
  if (hasPemStart(text)) return fromPem(text)
  const printed = /\b(?:prime|P):([\da-f:\s]+?)\s(?:generator|G):\s*(\d{1,9})\b/i.exec(text)
  const hex = (printed?.[1] ?? text).replace(/^\s*0x|[:\s\uFEFF]+/gi, '')
  if (!/^[\da-f]{1,4096}$/i.test(hex)) {
    throw malformed('neither a PEM block nor the prime in hexadecimal was found')
  }
  const generator = printed === null ? DEFAULT_GENERATOR : BigInt(printed[2]!)
  return { prime: BigInt(`0x${hex}`), generator }
}

function fromPem(text: string): DhParameters {
  const block = pemBlocks(text).find(({ label }) => /^(?:X9\.42 )?DH PARAMETERS$/.test(label))
  const der = block && pemBytes(block)
  if (der === undefined) {
    throw malformed('it has no whole PEM block with the label DH PARAMETERS and intact base64')
  }
  return fromDer(der)
}

function fromDer(der: Uint8Array): DhParameters {
  const [first, second, ...others] = derSequence(der) ?? []
  const prime = derUnsigned(first)
  const generator = derUnsigned(second)
  // PKCS#3 may add a length; X9.42 adds the subgroup order and perhaps a cofactor and a seed.
  const known = others.every(({ tag }, i) => tag === TAG_INTEGER || (tag === TAG_SEQUENCE && i > 0))
  if (prime === undefined || generator === undefined || !known || others.length > 3) {
    throw malformed('its DER is cut short or that of another kind of file')
  }
  return { prime, generator }
}

function malformed(reason: string): CryptoError {
  return cryptoError(
    'CRYPTO_DH_PARAMETERS_INVALID',
    `unreadable Diffie-Hellman parameters: ${reason}. Expected is the whole file that this writes: openssl dhparam -out dhparam.pem 2048`,
  )
}
