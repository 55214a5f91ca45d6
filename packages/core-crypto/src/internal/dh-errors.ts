/**
 * What is wrong with Diffie-Hellman parameters and how to mend it. The remedies keep what is registered: a
 * new prime is the last resort, and goes into another file.
 */
import type { CryptoError } from './errors.ts'
import { newError } from './refusals.ts'

/** What was found instead. */
export type DhFault = keyof typeof FOUND

const FOUND = {
  'file-name': 'this is the name of a file and not its content: read the file first',
  'too-long': 'this is longer than 65536 characters or bytes, which no such file is',
  'no-block': 'this text has neither a PEM block nor a number in hexadecimal',
  printout:
    'this is what OpenSSL prints about a file: give the file itself, or the digits of its prime alone',
  key: 'this is a key; look whether two files are swapped',
  two: 'this text holds two different groups',
  label: 'look whether two files are swapped: this is a PEM block of another kind',
  'no-end': 'the PEM block has no END line: it is cut short',
  'other-end': 'the BEGIN and END lines of the PEM block name different kinds',
  base64: 'the base64 of the PEM block is empty, damaged or cut short',
  der: 'the encoding (DER) is damaged or cut short',
  'other-der': 'this is DER of another kind, such as a key or a certificate',
  decimal: 'the prime is written in decimal: write it in hexadecimal',
  negative:
    'the prime is negative, since the zero byte before its first bit is missing: a tool wrote the file wrongly, and the prime in hexadecimal can be given instead',
  'too-small': 'the prime has less than 2048 bits: it is another one, or digits are missing',
  'too-large': 'the prime has more than 8192 bits',
  'not-prime':
    'the number is not prime: a digit is wrong or missing, or it is the modulus of a key',
  generator: 'the generator is missing, or not from 2 to prime - 2',
} as const

/** Labels that are named; any other could hold anything. */
const KNOWN_LABELS: readonly string[] = [
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'EC PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'PUBLIC KEY',
  'RSA PUBLIC KEY',
  'CERTIFICATE',
  'CERTIFICATE REQUEST',
  'DSA PARAMETERS',
  'EC PARAMETERS',
]

/**
 * Makes the error.
 *
 * @param label - of the PEM block that was found
 */
export function dhParametersError(fault: DhFault, label?: string): CryptoError {
  const which = label !== undefined && KNOWN_LABELS.includes(label) ? ` (${label})` : ''
  return newError('DH_PARAMETERS_INVALID', describe(`${FOUND[fault]}${which}`))
}

/** Throws `CRYPTO_OPTION_INVALID`: nothing was given that could be read. */
export function refuseDhInput(): never {
  const found = 'what was given is empty, or neither text nor bytes'
  throw newError('OPTION_INVALID', describe(found), 'input')
}

function describe(found: string): string {
  return `These are no usable Diffie-Hellman parameters: ${found}. Remedy: give the content of the file that is registered with the service: PEM (DH PARAMETERS), DER, or the prime in hexadecimal. Only if it is lost, make new ones in another file and register them, which ends the use of the old ones: openssl dhparam -out new-dhparam.pem 2048.`
}
