/**
 * RSA private keys as people have them: PKCS#8 (RFC 5208, RFC 5958) and PKCS#1 (RFC 8017 appendix
 * A.1.2), PEM or DER, and JSON Web Keys (RFC 7518 section 6.3). What is no such key is named.
 */
import { isBytes } from './bytes.ts'
import {
  areIntegers,
  type DerElement,
  derElements,
  derSequence,
  derUnsigned,
  hasTags,
  identifierHex,
  TAG_0,
  TAG_1,
  TAG_1_PRIMITIVE,
  TAG_BIT_STRING,
  TAG_INTEGER,
  TAG_NULL,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './der.ts'
import { base64UrlToBytes } from './encoding.ts'
import type { CryptoError } from './errors.ts'
import { bytesToBigInt } from './integers.ts'
import { KEY_FAULTS, type KeyFault, keyError } from './key-errors.ts'
import { isFileName, readKeyFile, unwrapBase64 } from './key-file.ts'
import type { JsonWebKey } from './keys.ts'
import { type PemBlock, pemBlocks, pemBytes } from './pem.ts'
import { newError } from './refusals.ts'
import { checkRsaPrivateNumbers, type RsaPrivateNumbers } from './rsa-private-numbers.ts'

/** What a key is read for: that decides which JSON Web Keys fit. */
export type KeyPurpose = 'signing' | 'decryption'

const RSA_ENCRYPTION = '2a864886f70d010101'
const NAMES = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
/** Base64url of 8192 bits has 1366 characters; `d`, `p` and the others are not longer than `n`. */
const MAXIMUM_MEMBER = 2048

/** Reads a key and checks that its size is fit and its numbers belong together. */
export function readRsaPrivateKey(input: unknown, purpose: KeyPurpose): RsaPrivateNumbers {
  const [n, e, d, p, q, dp, dq, qi] = readValues(input, purpose) as Eight
  const numbers = { n, e, d, p, q, dp, dq, qi }
  checkRsaPrivateNumbers(numbers)
  return numbers
}

type Eight = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]

/** The values of {@link NAMES}. */
function readValues(input: unknown, purpose: KeyPurpose): readonly bigint[] {
  const file = readKeyFile(input)
  if (file.form === 'text') return fromText(file.text)
  if (file.form === 'der') return fromDer(file.der)
  if (file.form === 'too-long') throw keyError(KEY_FAULTS.tooLong)
  const jwk = input as JsonWebKey | null | undefined
  if (typeof jwk === 'object' && jwk?.kty !== undefined) return fromJwk(jwk, purpose)
  throw newError(
    'OPTION_INVALID',
    `An RSA private key is needed; what was given is ${describeOther(input)}.`,
    'input',
  )
}

/** What people give that holds a key, or leads to one, and is none yet; with the remedy. */
function describeOther(input: unknown): string {
  const { then, privateKey, keys, export: write, byteLength } = Object(input)
  if (typeof then === 'function') return 'a promise. Remedy: await it first'
  if (privateKey !== undefined) return 'a pair of keys. Remedy: give its privateKey'
  if (Array.isArray(keys)) return 'a JSON Web Key Set. Remedy: give one of its keys'
  if (typeof write === 'function') {
    return "a KeyObject of Node. Remedy: give key.export({ type: 'pkcs8', format: 'pem' })"
  }
  if (byteLength > 0 && !isBytes(input)) return 'no Uint8Array. Remedy: give new Uint8Array(buffer)'
  return 'empty, or none of PEM, DER, a JSON Web Key and a CryptoKey. Remedy: give the content of the key file'
}

function fromText(text: string): readonly bigint[] {
  const blocks = pemBlocks(text)
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  const block = keys[0] ?? blocks[0]
  if (block === undefined) return fromTextWithoutBlocks(text)
  if (keys.some(({ body }) => body !== keys[0]?.body)) throw keyError(KEY_FAULTS.twoKeys)
  return fromBlock(block)
}

function fromTextWithoutBlocks(text: string): readonly bigint[] {
  // A line of authorized_keys, or RFC 4716: a public key without a block.
  if (/^((ssh|ecdsa|sk-ssh)-|---- BEGIN SSH2 PUBLIC)/.test(text)) throw keyError(KEY_FAULTS.public)
  if (text.startsWith('PuTTY-User-Key-File')) throw keyError(KEY_FAULTS.putty)
  if (text.startsWith('{')) throw keyError(KEY_FAULTS.json)
  if (isFileName(text)) throw keyError(KEY_FAULTS.fileName)
  const inner = unwrapBase64(text)
  if (inner?.form === 'der') return fromDer(inner.der)
  if (inner?.form === 'text') return fromText(inner.text)
  throw keyError(KEY_FAULTS.noBlock)
}

function fromBlock(block: PemBlock): readonly bigint[] {
  const fault = faultOfLabel(block)
  if (fault !== undefined) throw keyError(fault)
  if (block.fault === 'no-end') throw keyError(KEY_FAULTS.noEnd)
  if (block.fault === 'other-end') throw keyError(KEY_FAULTS.otherEnd)
  const der = pemBytes(block)
  if (der === undefined) throw keyError(KEY_FAULTS.base64)
  return fromDer(der)
}

function faultOfLabel({ label, body }: PemBlock): KeyFault | undefined {
  // A header of encrypted PKCS#1.
  if (label.startsWith('ENCRYPTED') || body.includes('DEK-Info:')) return KEY_FAULTS.encrypted
  if (label === 'PRIVATE KEY' || label === 'RSA PRIVATE KEY') return undefined
  if (label.endsWith('PUBLIC KEY')) return KEY_FAULTS.public
  if (label.includes('CERTIFICATE')) return KEY_FAULTS.certificate
  if (label.startsWith('OPENSSH')) return KEY_FAULTS.openSsh
  if (label.endsWith('DH PARAMETERS')) return KEY_FAULTS.dhParameters
  if (/^(EC|DSA|ANY) /.test(label)) return KEY_FAULTS.otherType
  return KEY_FAULTS.otherLabel
}

function fromDer(der: Uint8Array): readonly bigint[] {
  const outer = derSequence(der)
  const elements = isPkcs8(outer) ? fromPkcs8(outer) : outer
  if (!areIntegers(elements, 9)) throw refusalOfDer(elements)
  const [version, ...values] = elements.map(derUnsigned)
  if (version !== 0n || values.includes(undefined)) throw keyError(KEY_FAULTS.der)
  return values as bigint[]
}

/** PrivateKeyInfo: version, algorithm, key, then perhaps attributes and a public key. */
function isPkcs8(elements: readonly DerElement[]): boolean {
  const [first, second, third, ...further] = elements
  return (
    first?.tag === TAG_INTEGER &&
    second?.tag === TAG_SEQUENCE &&
    third?.tag === TAG_OCTET_STRING &&
    (further.length === 0 ||
      hasTags(further, TAG_0) ||
      hasTags(further, TAG_1_PRIMITIVE) ||
      hasTags(further, TAG_0, TAG_1_PRIMITIVE))
  )
}

function fromPkcs8([version, algorithm, privateKey]: readonly DerElement[]): DerElement[] {
  const [identifier, ...parameters] = derElements(algorithm!.content)
  const found = identifierHex(identifier)
  if (found === undefined || !isVersion(version!)) throw keyError(KEY_FAULTS.der)
  if (found !== RSA_ENCRYPTION) throw keyError(KEY_FAULTS.otherType)
  const isPlain = parameters.length === 0 || hasTags(parameters, TAG_NULL)
  if (!isPlain || parameters[0]?.content.length) throw keyError(KEY_FAULTS.der)
  return derSequence(privateKey!.content)
}

function isVersion({ content }: DerElement): boolean {
  return content.length === 1 && content[0]! <= 1
}

/** What other DER it is, by the kinds of its parts. */
function refusalOfDer(elements: readonly DerElement[]): CryptoError {
  const [first, second] = elements
  if (hasTags(elements, TAG_SEQUENCE, TAG_OCTET_STRING)) return keyError(KEY_FAULTS.encrypted)
  if (hasTags(elements, TAG_SEQUENCE, TAG_BIT_STRING)) return keyError(KEY_FAULTS.public)
  if (hasTags(elements, TAG_SEQUENCE, TAG_SEQUENCE, TAG_BIT_STRING)) {
    return keyError(KEY_FAULTS.certificate)
  }
  // RSAPublicKey and PKCS#3 parameters look alike, but a generator is small.
  if (areIntegers(elements, 2)) {
    const isGenerator = second!.content.length === 1 && [2, 5].includes(second!.content[0]!)
    return keyError(isGenerator ? KEY_FAULTS.dhParameters : KEY_FAULTS.public)
  }
  if (isDhWithMore(elements)) return keyError(KEY_FAULTS.dhParameters)
  if (isOtherAlgorithm(elements)) return keyError(KEY_FAULTS.otherType)
  if (first?.tag === TAG_INTEGER && second?.tag === TAG_SEQUENCE) return keyError(KEY_FAULTS.pkcs12)
  return keyError(KEY_FAULTS.der)
}

/** X9.42 parameters, or PKCS#3 with a length. */
function isDhWithMore(elements: readonly DerElement[]): boolean {
  const integers = elements.at(-1)?.tag === TAG_SEQUENCE ? elements.slice(0, -1) : elements
  return areIntegers(integers, 3) || areIntegers(integers, 4)
}

/** ECPrivateKey, a DSA key, or an RSA key of more than two primes. */
function isOtherAlgorithm(elements: readonly DerElement[]): boolean {
  const [first, second, ...further] = elements
  const isEc =
    first?.tag === TAG_INTEGER &&
    second?.tag === TAG_OCTET_STRING &&
    further.every(({ tag }) => tag === TAG_0 || tag === TAG_1)
  const isMultiPrime = areIntegers(elements.slice(0, 9), 9) && elements[9]?.tag === TAG_SEQUENCE
  return isEc || areIntegers(elements, 6) || isMultiPrime
}

function fromJwk(jwk: JsonWebKey, purpose: KeyPurpose): readonly bigint[] {
  if (jwk.kty === 'oct') throw keyError(KEY_FAULTS.symmetric)
  if (jwk.kty !== 'RSA' || jwk.oth !== undefined) throw keyError(KEY_FAULTS.otherType)
  if (jwk.d === undefined) throw keyError(KEY_FAULTS.public)
  checkJwkUse(jwk, purpose)
  if (NAMES.some((name) => jwk[name] === undefined)) throw keyError(KEY_FAULTS.jwkWithoutCrt)
  return NAMES.map((name) => memberValue(jwk[name]))
}

function memberValue(member: unknown): bigint {
  const isFit = typeof member === 'string' && member.length > 0 && member.length <= MAXIMUM_MEMBER
  if (!isFit) throw keyError(KEY_FAULTS.jwkMembers)
  try {
    return bytesToBigInt(base64UrlToBytes(member))
  } catch {
    throw keyError(KEY_FAULTS.jwkMembers)
  }
}

/** RFC 7517 sections 4.2 to 4.4: a key says what it may be used for, if it says anything. */
function checkJwkUse({ use, key_ops: operations, alg }: JsonWebKey, purpose: KeyPurpose): void {
  const fits = USES[purpose]
  if (use !== undefined && use !== fits.use) throw wrongUse('use', fits.use)
  if (operations !== undefined && !operationsInclude(operations, fits.operations)) {
    throw wrongUse('key_ops', fits.operations.join(' or '))
  }
  if (alg !== undefined && !(fits.algorithms as readonly string[]).includes(alg)) {
    throw wrongUse('alg', fits.algorithms.join(' or '))
  }
}

const USES = {
  signing: { use: 'sig', operations: ['sign'], algorithms: ['RS256'] },
  // Web Cryptography has no RSA1_5, so keys made by it for decryption name OAEP.
  decryption: {
    use: 'enc',
    operations: ['decrypt', 'unwrapKey'],
    algorithms: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  },
} as const

function operationsInclude(operations: unknown, fit: readonly string[]): boolean {
  return Array.isArray(operations) && operations.some((operation) => fit.includes(operation))
}

function wrongUse(member: string, expected: string): CryptoError {
  return newError(
    'KEY_USAGE',
    `The JSON Web Key is made for another purpose: its ${member} must be ${expected} or absent. Look whether the key for signatures and the key for encryption are swapped.`,
  )
}
