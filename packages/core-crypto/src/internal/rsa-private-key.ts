/**
 * RSA private keys as people have them: PKCS#8 (RFC 5208, RFC 5958) and PKCS#1 (RFC 8017 appendix
 * A.1.2), PEM or DER, and JSON Web Keys (RFC 7518 section 6.3). What is no such key is named.
 */
import { base64UrlToBytes, bytesToHex } from '../encoding.ts'
import type { CryptoError } from '../errors.ts'
import type { JsonWebKey } from '../keys.ts'
import { bytesToBigInt } from './bigint.ts'
import { optionInvalid } from './check.ts'
import { type DerElement, derSequence, derTags, derUnsigned } from './der.ts'
import {
  FROM_PKCS12,
  KEY_LABEL_UNEXPECTED,
  KEY_MALFORMED,
  KEY_PUBLIC,
  KEY_TYPE_UNSUPPORTED,
  type KeyFault,
  keyError,
} from './key-errors.ts'
import { pemBlocks, pemBytes, textOfFile } from './pem.ts'
import { checkRsaPrivateNumbers, type RsaPrivateNumbers } from './rsa-private-numbers.ts'

/**
 * What is no RSA private key, by the label of its PEM block, the tags of its DER, or the version and
 * algorithm of its PKCS#8; the first that fits counts.
 */
const REFUSALS: readonly (readonly [RegExp, KeyFault])[] = [
  [
    /^ENCRYPTED|^3004$/,
    ['ENCRYPTED', 'encrypted', 'openssl pkey -in encrypted.pem -out private.pem'],
  ],
  // SubjectPublicKeyInfo, RSAPublicKey
  [/PUBLIC KEY$|^3003$|^0202$/, KEY_PUBLIC],
  [
    /CERTIFICATE|^303003$/,
    [
      'CERTIFICATE',
      'a certificate or its request',
      `take its private key; from PKCS#12: ${FROM_PKCS12}`,
    ],
  ],
  [
    /^OPENSSH/,
    ['TYPE_UNSUPPORTED', "in OpenSSH's own form", 'ssh-keygen -p -N "" -m PEM -f copy-of-key'],
  ],
  // EC and DSA, keys of more than two primes, and PKCS#8 with another identifier than PKCS8_RSA has
  [
    /^(EC|DSA) |^0204(a0)?(a1)?$|^(02){6}$|^(02){9}30$|^0[01]06(?!092a864886f70d010101)/,
    KEY_TYPE_UNSUPPORTED,
  ],
  [/DH PARAMETERS$|^(02){3,4}(30)?$/, ['LABEL_UNEXPECTED', 'Diffie-Hellman parameters']],
  [/^0230(30)?$/, ['LABEL_UNEXPECTED', 'a PKCS#12 container', FROM_PKCS12]],
]

/** Version 0 or 1, and the identifier 1.2.840.113549.1.1.1 with parameters NULL or none. */
const PKCS8_RSA = /^0[01]06092a864886f70d010101(0500)?$/

const NAMES = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/**
 * Reads a key and checks that its size is fit and its numbers belong together.
 *
 * @param otherUse - the `use` that a JSON Web Key must not have
 */
export function readRsaPrivateKey(input: unknown, otherUse: 'sig' | 'enc'): RsaPrivateNumbers {
  const values = read(input, otherUse)
  const entries = NAMES.map((name, i) => [name, values[i]])
  const numbers = Object.fromEntries(entries) as RsaPrivateNumbers
  checkRsaPrivateNumbers(numbers)
  return numbers
}

/** The values of {@link NAMES}. */
function read(input: unknown, otherUse: string): bigint[] {
  const text = textOfFile(input)
  if (text === undefined) return fromDer(input as Uint8Array)
  if (text !== '') return fromText(text)
  const jwk = input as JsonWebKey | null | undefined
  if (jwk?.kty !== undefined) return fromJwk(jwk, otherUse)
  throw optionInvalid('input', 'an RSA private key: PEM, DER, a JSON Web Key or a CryptoKey')
}

function fromText(text: string): bigint[] {
  const blocks = pemBlocks(text)
  const block = blocks.find(({ label }) => /PRIVATE KEY$/.test(label)) ?? blocks[0]
  // Without a block it may be a line of authorized_keys.
  if (block === undefined)
    throw keyError(...(/^(ssh|ecdsa)-/.test(text) ? KEY_PUBLIC : KEY_MALFORMED))
  // A header of encrypted PKCS#1.
  const found = block.body.includes('DEK-Info:') ? 'ENCRYPTED' : block.label
  if (!/^(RSA )?PRIVATE KEY$/.test(found)) throw refusal(found, KEY_LABEL_UNEXPECTED)
  return fromDer(pemBytes(block))
}

function fromDer(der: Uint8Array): bigint[] {
  const outer = derSequence(der)
  const elements = /^023004(a0)?(81)?$/.test(derTags(outer)) ? fromPkcs8(outer) : outer
  const tags = derTags(elements)
  if (!/^(02){9}$/.test(tags)) {
    // RSAPublicKey and PKCS#3 parameters look alike, but a generator is small.
    const isDh = tags === '0202' && /^[25]$/.test(elements[1]!.content.join())
    throw refusal(isDh ? 'DH PARAMETERS' : tags)
  }
  const [version, ...values] = elements.map(derUnsigned)
  if (version !== 0n || values.includes(undefined)) throw keyError(...KEY_MALFORMED)
  return values as bigint[]
}

function fromPkcs8([version, algorithm, privateKey]: readonly DerElement[]): DerElement[] {
  const head = bytesToHex(version!.content) + bytesToHex(algorithm!.content)
  if (!PKCS8_RSA.test(head)) throw refusal(head)
  return derSequence(privateKey!.content)
}

function fromJwk(jwk: JsonWebKey, otherUse: string): bigint[] {
  if (jwk.use === otherUse) {
    throw keyError('USAGE', `a JSON Web Key with the use ${otherUse}`, 'take the other key')
  }
  if (jwk.kty !== 'RSA' || jwk.oth !== undefined) throw keyError(...KEY_TYPE_UNSUPPORTED)
  if (jwk.d === undefined) throw keyError(...KEY_PUBLIC)
  try {
    return NAMES.map((name) => bytesToBigInt(base64UrlToBytes(jwk[name]!)))
  } catch {
    throw keyError('MALFORMED', `a JSON Web Key without all of ${NAMES.join()} as base64url`)
  }
}

function refusal(found: string, otherwise = KEY_MALFORMED): CryptoError {
  const [, fault] = REFUSALS.find(([pattern]) => pattern.test(found)) ?? []
  return keyError(...(fault ?? otherwise))
}
