/**
 * What is wrong with a key or with Diffie-Hellman parameters, and how to mend it. Nothing of the file itself
 * goes into a message, and no remedy writes over a file that may be in use.
 */
import { type CryptoError, type CryptoErrorKind, newError } from './errors.ts'

/** What a file is instead of a fit one. */
export type Fault =
  | 'nothing'
  | 'promise'
  | 'keyPair'
  | 'keySet'
  | 'keyObject'
  | 'otherBytes'
  | 'fileName'
  | 'tooLong'
  | 'printout'
  | 'noBlock'
  | 'noEnd'
  | 'otherEnd'
  | 'base64'
  | 'der'
  | 'json'
  | 'several'
  | 'jwkMembers'
  | 'jwkWithoutCrt'
  | 'encrypted'
  | 'publicKey'
  | 'certificate'
  | 'openSsh'
  | 'putty'
  | 'otherType'
  | 'symmetric'
  | 'privateKey'
  | 'dhParameters'
  | 'pkcs12'
  | 'otherLabel'
  | 'tooSmall'
  | 'tooLarge'
  | 'inconsistent'
  | 'notExtractable'
  | 'refused'

const NEW_KEY =
  'To make a new key in a new file, whose public half must then be registered: openssl genrsa -out new-private-key.pem BITS, where BITS is the length that the service asks for, 2048 or more.'
const CHECK_KEY = 'Check the file: openssl rsa -check -noout -in FILE.'
const WHOLE_FILE =
  'Give the whole content of the file, from the line that begins with -----BEGIN to the line that begins with -----END.'
const FROM_PKCS12 =
  'From a PKCS#12 file: openssl pkcs12 -in FILE -nocerts -nodes -out exported-private-key.pem.'
const SWAPPED = 'Look whether two files are swapped, and give the private key.'
const REGISTERED = 'Give the RSA private key that is registered.'

/**
 * The end of the code for a key; what was found, which goes on after «… is needed; this is»; and what is to
 * be done about a key, in whole sentences.
 */
type FaultRow = readonly [kind: CryptoErrorKind, found: string, ...remedy: string[]]

const FAULTS: Readonly<Record<Fault, FaultRow>> = {
  nothing: [
    'OPTION_INVALID',
    'empty, or none of PEM, DER, a JSON Web Key and a CryptoKey',
    'Give the content of the key file.',
  ],
  promise: ['OPTION_INVALID', 'a promise', 'Await it first.'],
  keyPair: ['OPTION_INVALID', 'a pair of keys', 'Give its privateKey.'],
  keySet: ['OPTION_INVALID', 'a JSON Web Key Set', 'Give one of its keys.'],
  keyObject: [
    'OPTION_INVALID',
    'a KeyObject of Node',
    "Give key.export({ type: 'pkcs8', format: 'pem' }).",
  ],
  otherBytes: [
    'OPTION_INVALID',
    'binary, but no Uint8Array',
    'Give the bytes of the file, or new Uint8Array(buffer).',
  ],
  fileName: ['KEY_MALFORMED', 'the name of a file', 'Read the file and give its content.'],
  tooLong: [
    'KEY_MALFORMED',
    'longer than 65536 characters or bytes, which no such file is',
    WHOLE_FILE,
  ],
  printout: ['KEY_MALFORMED', 'what OpenSSL prints about a file', 'Give the file itself.'],
  noBlock: ['KEY_MALFORMED', 'text without a PEM block', WHOLE_FILE],
  noEnd: ['KEY_MALFORMED', 'a PEM block without its END line: it is cut short', WHOLE_FILE],
  otherEnd: [
    'KEY_MALFORMED',
    'a PEM block whose BEGIN and END lines name different kinds',
    WHOLE_FILE,
  ],
  base64: ['KEY_MALFORMED', 'a PEM block whose base64 is empty, damaged or cut short', WHOLE_FILE],
  der: [
    'KEY_MALFORMED',
    'DER that is damaged or cut short, or another binary file',
    WHOLE_FILE,
    CHECK_KEY,
  ],
  json: ['KEY_MALFORMED', 'JSON text', 'Give the parsed object: JSON.parse(text).'],
  several: [
    'KEY_MALFORMED',
    'a text with more than one private key',
    'Give the one that is registered for this purpose alone.',
  ],
  jwkMembers: [
    'KEY_MALFORMED',
    'a JSON Web Key whose members are not base64url or are too long',
    'Export the key once more, or give it as PEM.',
  ],
  jwkWithoutCrt: [
    'KEY_MALFORMED',
    'a JSON Web Key without all of its members p, q, dp, dq and qi',
    'Export the key with all of its members, or give it as PEM.',
  ],
  encrypted: [
    'KEY_ENCRYPTED',
    'encrypted: it is protected by a pass phrase',
    'Decrypt it into a new file: openssl pkey -in FILE -out decrypted-private-key.pem.',
  ],
  publicKey: ['KEY_PUBLIC', 'a public key', 'Give the private key of the pair.', NEW_KEY],
  certificate: [
    'KEY_CERTIFICATE',
    'a certificate or a certificate request',
    'Give the private key that it was made with.',
    FROM_PKCS12,
  ],
  openSsh: [
    'KEY_TYPE_UNSUPPORTED',
    "a key in OpenSSH's own form",
    'Convert a copy of the file: ssh-keygen -p -N "" -m PEM -f COPY.',
  ],
  putty: [
    'KEY_TYPE_UNSUPPORTED',
    "a key in PuTTY's own form",
    'Export it: puttygen FILE -O private-openssh -o exported-private-key.pem, or in PuTTYgen by the menu Conversions.',
  ],
  otherType: [
    'KEY_TYPE_UNSUPPORTED',
    'not an RSA key of two primes: another algorithm, RSASSA-PSS or more primes',
    REGISTERED,
    NEW_KEY,
  ],
  symmetric: ['KEY_TYPE_UNSUPPORTED', 'a symmetric key', REGISTERED, NEW_KEY],
  privateKey: ['KEY_LABEL_UNEXPECTED', 'a private key', SWAPPED],
  dhParameters: ['KEY_LABEL_UNEXPECTED', 'Diffie-Hellman parameters', SWAPPED],
  pkcs12: ['KEY_LABEL_UNEXPECTED', 'a PKCS#12 container', FROM_PKCS12],
  otherLabel: [
    'KEY_LABEL_UNEXPECTED',
    'a file of another kind',
    'Give the file that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----.',
  ],
  tooSmall: ['KEY_TOO_SMALL', 'one of less than 2048 bits', NEW_KEY],
  tooLarge: ['KEY_TOO_LARGE', 'one of more than 8192 bits', NEW_KEY],
  inconsistent: [
    'KEY_INCONSISTENT',
    'one whose numbers do not belong together: it was altered',
    'Take an unaltered copy.',
    CHECK_KEY,
  ],
  notExtractable: [
    'KEY_NOT_EXTRACTABLE',
    'a CryptoKey that cannot be exported',
    'Import it with extractable set to true, or give the PEM text.',
  ],
  refused: ['KEY_REFUSED', 'one that Web Cryptography does not take or use', CHECK_KEY],
}

/** Makes the error about a private key. */
export function keyError(fault: Fault): CryptoError {
  const [kind, found, ...remedy] = FAULTS[fault]
  const message = `An RSA private key is needed; this is ${found}. Remedy: ${remedy.join(' ')}`
  return newError(kind, message, kind === 'OPTION_INVALID' ? 'input' : undefined)
}

/** Refuses a modulus of less than 2048 or more than 8192 bits. */
export function checkModulusBits(bits: number): void {
  if (bits < 2048) throw keyError('tooSmall')
  if (bits > 8192) throw keyError('tooLarge')
}

/** What parameters are found to be, where it is not told like a key. */
const DH_FAULTS = {
  nothing: 'empty, or neither text nor bytes',
  several: 'a text with two different groups',
  tooSmall: 'one of less than 2048 bits: it is another one, or digits are missing',
  decimal: 'a number in decimal: write it in hexadecimal',
  negative:
    'one whose prime is negative, since the zero byte before its first bit is missing: a tool wrote the file wrongly, and the prime in hexadecimal can be given instead',
  notPrime:
    'one whose prime is not prime: a digit is wrong or missing, or it is the modulus of a key',
  generator: 'one whose generator is missing, or not from 2 to prime - 2',
  otherType: 'a key or the parameters of another algorithm, such as DSA or elliptic curves',
  otherDer: 'DER of another kind, such as a key or a certificate',
} as const

/** Makes the error about a Diffie-Hellman group. Its remedy keeps what is registered as long as it can. */
export function dhParametersError(fault: Fault | keyof typeof DH_FAULTS): CryptoError {
  const found =
    fault in DH_FAULTS ? DH_FAULTS[fault as keyof typeof DH_FAULTS] : FAULTS[fault as Fault][1]
  const message = `A Diffie-Hellman group is needed; this is ${found}. Remedy: give the content of the file that is registered with the service, and look whether two files are swapped: PEM (DH PARAMETERS), DER, or the prime in hexadecimal. Only if it is lost, make new parameters in another file and register them, which ends the use of the old ones: openssl dhparam -out new-dhparam.pem 2048.`
  return fault === 'nothing'
    ? newError('OPTION_INVALID', message, 'input')
    : newError('DH_PARAMETERS_INVALID', message)
}

/** The error for a result that did not pass its check. */
export function rsaFault(): CryptoError {
  return newError(
    'RSA_FAULT',
    `The result of the RSA operation did not pass its check and was held back: the key was altered, or this machine computes wrongly. Remedy: ${CHECK_KEY}`,
  )
}
