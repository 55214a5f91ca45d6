/**
 * What is wrong with a key and how to mend it. Nothing of the key itself goes into a message, and no
 * remedy writes over a file that may be in use.
 */
import type { CryptoError } from './errors.ts'
import { type CryptoErrorKind, newError } from './refusals.ts'

/** The end of the code, what was given instead of a fit key, and what is to be done about it. */
export interface KeyFault {
  readonly kind: CryptoErrorKind extends infer K
    ? K extends `KEY_${infer Ending}`
      ? Ending
      : never
    : never
  /** Goes on after «An RSA private key is needed; this is …». */
  readonly found: string
  /** Whole sentences. */
  readonly remedy: string
}

const NEW_KEY =
  'To make a new key in a new file, whose public half must then be registered: openssl genrsa -out new-private-key.pem BITS, where BITS is the length that the service asks for, 2048 or more.'
export const CHECK_KEY = 'Check the file: openssl rsa -check -noout -in FILE.'
const WHOLE_FILE =
  'Give the whole content of the file, from the line that begins with -----BEGIN to the line that begins with -----END.'

type KeyFaultName =
  | 'fileName'
  | 'tooLong'
  | 'noBlock'
  | 'noEnd'
  | 'otherEnd'
  | 'base64'
  | 'der'
  | 'json'
  | 'twoKeys'
  | 'jwkMembers'
  | 'jwkWithoutCrt'
  | 'encrypted'
  | 'public'
  | 'certificate'
  | 'openSsh'
  | 'putty'
  | 'otherType'
  | 'symmetric'
  | 'dhParameters'
  | 'pkcs12'
  | 'otherLabel'
  | 'tooSmall'
  | 'tooLarge'
  | 'inconsistent'
  | 'notExtractable'
  | 'refused'

export const KEY_FAULTS: Readonly<Record<KeyFaultName, KeyFault>> = {
  fileName: {
    kind: 'MALFORMED',
    found: 'the name of a file',
    remedy: 'Read the file and give its content.',
  },
  tooLong: {
    kind: 'MALFORMED',
    found: 'longer than 65536 characters or bytes, which no key file is',
    remedy: WHOLE_FILE,
  },
  noBlock: { kind: 'MALFORMED', found: 'text without a PEM block', remedy: WHOLE_FILE },
  noEnd: {
    kind: 'MALFORMED',
    found: 'a PEM block without its END line: it is cut short',
    remedy: WHOLE_FILE,
  },
  otherEnd: {
    kind: 'MALFORMED',
    found: 'a PEM block whose BEGIN and END lines name different kinds',
    remedy: WHOLE_FILE,
  },
  base64: {
    kind: 'MALFORMED',
    found: 'a PEM block whose base64 is empty, damaged or cut short',
    remedy: WHOLE_FILE,
  },
  der: { kind: 'MALFORMED', found: 'damaged or cut short', remedy: `${WHOLE_FILE} ${CHECK_KEY}` },
  json: {
    kind: 'MALFORMED',
    found: 'JSON text',
    remedy: 'Give the parsed object: JSON.parse(text).',
  },
  twoKeys: {
    kind: 'MALFORMED',
    found: 'a text with more than one private key',
    remedy: 'Give the one that is registered for this purpose alone.',
  },
  jwkMembers: {
    kind: 'MALFORMED',
    found: 'a JSON Web Key whose members are not base64url or are too long',
    remedy: 'Export the key once more, or give it as PEM.',
  },
  jwkWithoutCrt: {
    kind: 'MALFORMED',
    found: 'a JSON Web Key without all of its members p, q, dp, dq and qi',
    remedy: 'Export the key with all of its members, or give it as PEM.',
  },
  encrypted: {
    kind: 'ENCRYPTED',
    found: 'encrypted: it is protected by a pass phrase',
    remedy: 'Decrypt it into a new file: openssl pkey -in FILE -out decrypted-private-key.pem.',
  },
  public: {
    kind: 'PUBLIC',
    found: 'a public key',
    remedy: `Give the private key of the pair. ${NEW_KEY}`,
  },
  certificate: {
    kind: 'CERTIFICATE',
    found: 'a certificate or a certificate request',
    remedy:
      'Give the private key that it was made with. From a PKCS#12 file: openssl pkcs12 -in FILE -nocerts -nodes -out exported-private-key.pem.',
  },
  openSsh: {
    kind: 'TYPE_UNSUPPORTED',
    found: "a key in OpenSSH's own form",
    remedy: 'Convert a copy of the file: ssh-keygen -p -N "" -m PEM -f COPY.',
  },
  putty: {
    kind: 'TYPE_UNSUPPORTED',
    found: "a key in PuTTY's own form",
    remedy:
      'Export it: puttygen FILE -O private-openssh -o exported-private-key.pem, or in PuTTYgen by the menu Conversions.',
  },
  otherType: {
    kind: 'TYPE_UNSUPPORTED',
    found: 'not an RSA key of two primes: another algorithm, RSASSA-PSS or more primes',
    remedy: `Give the RSA key that is registered. ${NEW_KEY}`,
  },
  symmetric: {
    kind: 'TYPE_UNSUPPORTED',
    found: 'a symmetric key',
    remedy: `Give the RSA private key that is registered. ${NEW_KEY}`,
  },
  dhParameters: {
    kind: 'LABEL_UNEXPECTED',
    found: 'Diffie-Hellman parameters',
    remedy: 'Look whether two files are swapped, and give the private key.',
  },
  pkcs12: {
    kind: 'LABEL_UNEXPECTED',
    found: 'a PKCS#12 container',
    remedy:
      'Take the key out of it: openssl pkcs12 -in FILE -nocerts -nodes -out exported-private-key.pem.',
  },
  otherLabel: {
    kind: 'LABEL_UNEXPECTED',
    found: 'a file of another kind',
    remedy:
      'Give the file that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----.',
  },
  tooSmall: {
    kind: 'TOO_SMALL',
    found: 'one of less than 2048 bits',
    remedy: NEW_KEY,
  },
  tooLarge: {
    kind: 'TOO_LARGE',
    found: 'one of more than 8192 bits',
    remedy: NEW_KEY,
  },
  inconsistent: {
    kind: 'INCONSISTENT',
    found: 'one whose numbers do not belong together: it was altered',
    remedy: `Take an unaltered copy. ${CHECK_KEY}`,
  },
  notExtractable: {
    kind: 'NOT_EXTRACTABLE',
    found: 'a CryptoKey that cannot be exported',
    remedy: 'Import it with extractable set to true, or give the PEM text.',
  },
  refused: {
    kind: 'REFUSED',
    found: 'one that Web Cryptography does not take or use',
    remedy: CHECK_KEY,
  },
}

/** Makes the error. */
export function keyError({ kind, found, remedy }: KeyFault): CryptoError {
  return newError(
    `KEY_${kind}`,
    `An RSA private key is needed; this is ${found}. Remedy: ${remedy}`,
  )
}
