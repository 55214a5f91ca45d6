/**
 * RSA private keys as people have them: PKCS#8 (RFC 5208, RFC 5958) and PKCS#1 (RFC 8017 appendix
 * A.1.2), PEM or DER, and JSON Web Keys (RFC 7518 section 6.3). What is no such key is named.
 */
import {
  base64UrlToBytes,
  bigIntToBytes,
  bitLength,
  bytesToBase64Url,
  bytesToBigInt,
  bytesToHex,
  isBytes,
} from './bytes.ts'
import {
  areIntegers,
  beginWith,
  type DerElement,
  derSequence,
  derUnsigned,
  TAG_BIT_STRING,
  TAG_INTEGER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './der.ts'
import { newError } from './errors.ts'
import { checkModulusBits, type Fault, keyError } from './key-errors.ts'
import { derOfFile, readKeyFile } from './key-file.ts'
import type { JsonWebKey as JsonWebKeyLike } from './keys.ts'

/** The numbers of a two-prime RSA private key (RFC 8017 section 3.2). */
export interface RsaPrivateNumbers {
  readonly n: bigint
  readonly e: bigint
  readonly d: bigint
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qi: bigint
}

/** What a key is read for: that decides which JSON Web Keys fit. */
export type KeyPurpose = keyof typeof JWK_USES

/** RFC 7517 sections 4.2 to 4.4: what a JSON Web Key may say of its use, if it says anything. */
const JWK_USES = {
  signing: { use: ['sig'], key_ops: ['sign'], alg: ['RS256'] },
  // Web Cryptography has no RSA1_5, so keys made by it for decryption name OAEP.
  decryption: {
    use: ['enc'],
    key_ops: ['decrypt', 'unwrapKey'],
    alg: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  },
} as const
/** The AlgorithmIdentifier of rsaEncryption in hexadecimal: its name, and a NULL that may be left out. */
const RSA_ENCRYPTION = '06092a864886f70d010101'
const NULL = '0500'
const NAMES = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
/** Base64url of 8192 bits has 1366 characters; `d`, `p` and the others are not longer than `n`. */
const MAXIMUM_MEMBER = 2048

/** Reads a key and checks that its size is fit and its numbers belong together. */
export function readRsaPrivateKey(input: unknown, purpose: KeyPurpose): RsaPrivateNumbers {
  const jwk: JsonWebKeyLike = Object(input)
  const values = jwk.kty === undefined ? fromFile(input) : fromJwk(jwk, purpose)
  const entries = NAMES.map((name, at) => [name, values[at]])
  const numbers = Object.fromEntries(entries) as RsaPrivateNumbers
  checkRsaPrivateNumbers(numbers)
  return numbers
}

/** The form in which WebCrypto imports them: RFC 7518 section 6.3. */
export function rsaPrivateJwk(numbers: RsaPrivateNumbers): JsonWebKey {
  const members = Object.entries(numbers).map(([name, value]) => [
    name,
    bytesToBase64Url(bigIntToBytes(value)),
  ])
  return { kty: 'RSA', ...Object.fromEntries(members) }
}

/** The values of {@link NAMES}. */
function fromFile(input: unknown): readonly bigint[] {
  const der = derOfFile(readKeyFile(input), 'privateKey')
  if (typeof der === 'string') throw keyError(der === 'nothing' ? kindOfOther(input) : der)
  const outer = derSequence(der)
  const isPkcs8 = beginWith(outer, [TAG_INTEGER, TAG_SEQUENCE, TAG_OCTET_STRING])
  const elements = isPkcs8 ? fromPkcs8(outer) : outer
  if (!areIntegers(elements, 9)) throw keyError(kindOfDer(elements))
  const [version, ...values] = elements.map(derUnsigned)
  if (version !== 0n || values.includes(undefined)) throw keyError('der')
  return values as bigint[]
}

/** What people give that holds a key, or leads to one, and is none yet. */
function kindOfOther(input: unknown): Fault {
  const { then, privateKey, keys, export: write, byteLength } = Object(input)
  if (typeof then === 'function') return 'promise'
  if (privateKey !== undefined) return 'keyPair'
  if (Array.isArray(keys)) return 'keySet'
  if (typeof write === 'function') return 'keyObject'
  return byteLength > 0 && !isBytes(input) ? 'otherBytes' : 'nothing'
}

/** PrivateKeyInfo: version 0 or 1, algorithm, key, then perhaps attributes and a public key. */
function fromPkcs8([version, algorithm, privateKey]: readonly DerElement[]): DerElement[] {
  const found = bytesToHex(algorithm!.content)
  if (!['00', '01'].includes(bytesToHex(version!.content))) throw keyError('der')
  if (found !== RSA_ENCRYPTION && found !== RSA_ENCRYPTION + NULL) {
    const isOther = found.startsWith('06') && !found.startsWith(RSA_ENCRYPTION)
    throw keyError(isOther ? 'otherType' : 'der')
  }
  return derSequence(privateKey!.content)
}

/** What other DER it is, by the kinds of its first parts. */
function kindOfDer(elements: readonly DerElement[]): Fault {
  // RSAPublicKey and PKCS#3 parameters look alike, but a generator is small.
  if (areIntegers(elements, 2)) {
    const generator = bytesToHex(elements[1]!.content)
    return generator === '02' || generator === '05' ? 'dhParameters' : 'publicKey'
  }
  // A DSA key has six numbers, an RSA key of more primes nine and a list.
  if (areIntegers(elements.slice(0, 6), 6)) return 'otherType'
  return KINDS_OF_DER.find(([, ...tags]) => beginWith(elements, tags))?.[0] ?? 'der'
}

const KINDS_OF_DER: ReadonlyArray<readonly [kind: Fault, ...tags: number[]]> = [
  ['encrypted', TAG_SEQUENCE, TAG_OCTET_STRING],
  ['publicKey', TAG_SEQUENCE, TAG_BIT_STRING],
  ['certificate', TAG_SEQUENCE, TAG_SEQUENCE, TAG_BIT_STRING],
  // A key of elliptic curves.
  ['otherType', TAG_INTEGER, TAG_OCTET_STRING],
  ['pkcs12', TAG_INTEGER, TAG_SEQUENCE],
  // X9.42 parameters, or PKCS#3 with a length.
  ['dhParameters', TAG_INTEGER, TAG_INTEGER, TAG_INTEGER],
]

function fromJwk(jwk: JsonWebKeyLike, purpose: KeyPurpose): readonly bigint[] {
  if (jwk.kty === 'oct') throw keyError('symmetric')
  if (jwk.kty !== 'RSA' || jwk.oth !== undefined) throw keyError('otherType')
  if (jwk.d === undefined) throw keyError('publicKey')
  checkJwkUse(jwk, purpose)
  if (NAMES.some((name) => jwk[name] === undefined)) throw keyError('jwkWithoutCrt')
  return NAMES.map((name) => memberValue(jwk[name]))
}

function memberValue(member: unknown): bigint {
  const isFit = typeof member === 'string' && member.length > 0 && member.length <= MAXIMUM_MEMBER
  if (!isFit) throw keyError('jwkMembers')
  try {
    return bytesToBigInt(base64UrlToBytes(member))
  } catch {
    throw keyError('jwkMembers')
  }
}

function checkJwkUse(jwk: JsonWebKeyLike, purpose: KeyPurpose): void {
  for (const [member, fitting] of Object.entries(JWK_USES[purpose])) {
    const said: unknown = jwk[member as keyof JsonWebKeyLike]
    // A list where it is text, or text where it is a list, fits nothing.
    const uses: unknown = member === 'key_ops' ? said : [said]
    if (said === undefined || (Array.isArray(uses) && uses.some((use) => fitting.includes(use))))
      continue
    throw newError(
      'KEY_USAGE',
      `The JSON Web Key is made for another purpose: its ${member} must be ${fitting.join(' or ')} or absent. Look whether the key for signatures and the key for encryption are swapped.`,
    )
  }
}

/**
 * Refuses keys of unfit size and numbers that do not belong together. Cheap: no primality test and
 * no inversion, and nothing is multiplied before it is known to be of fit size.
 */
function checkRsaPrivateNumbers(numbers: RsaPrivateNumbers): void {
  const { n, e, d, p, q, dp, dq, qi } = numbers
  checkModulusBits(bitLength(n))
  const fits = (prime: bigint, exponent: bigint) =>
    (e * d) % (prime - 1n) === 1n && d % (prime - 1n) === exponent
  // Both above 1, since each is below their product n; e is odd and p not q, or nothing is inverse.
  const consistent =
    n % 2n === 1n &&
    e > 1n &&
    e < 1n << 256n &&
    d < n &&
    p < n &&
    q < n &&
    p * q === n &&
    fits(p, dp) &&
    fits(q, dq) &&
    qi < p &&
    (qi * q) % p === 1n
  if (!consistent) throw keyError('inconsistent')
}
