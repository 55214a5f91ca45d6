/**
 * The key that signs: imported once, checked, and used by `jose`; a function that signs elsewhere
 * goes through the same assembly.
 */
import { base64ToBytes, bytesToBase64Url, type SigningKey, utf8ToBytes } from '@isoauth/core-crypto'
import { CompactSign } from 'jose/jws/compact/sign'
import { newError } from './errors.ts'

/** The protected header of a JWS; its members are written in the order given. */
export interface JwsHeader {
  readonly alg: 'RS256'
  readonly typ: 'JWT'
  readonly kid: string
}

/** Signs a payload: header and payload in, compact JWS out (RFC 7515 section 7.1). */
export type JwsSigner = (header: JwsHeader, payload: string) => Promise<string>

const RSASSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
/** The smallest modulus that the broker registers, and the smallest that RS256 allows. */
const MINIMUM_BITS = 3072
const WEAK_BITS = 2048

const FORM =
  'an unencrypted RSA private key of 3072 bits or more: PEM, DER, JWK, CryptoKey for RSASSA-PKCS1-v1_5 with SHA-256, or a function that signs'
const REMEDY =
  'Make one: openssl genrsa -out private.pem 3072. Decrypt one: openssl pkey -in encrypted.pem -out private.pem'

/** Refuses what cannot be a key, without waiting. */
export function checkKeyKind(key: unknown): void {
  const isThere = typeof key === 'string' ? key.trim() !== '' : key !== null
  if (!isThere || !['string', 'object', 'function'].includes(typeof key))
    refuse(`a value of type ${typeof key}`)
}

/** Imports a key; it is not extractable afterwards. */
export async function importSigner(key: SigningKey, allowWeakKey: boolean): Promise<JwsSigner> {
  const minimumBits = allowWeakKey ? WEAK_BITS : MINIMUM_BITS
  if (typeof key === 'function') return signerOfFunction(key, minimumBits)
  const imported = await importKey(key)
  const { name, hash, modulusLength } = imported.algorithm as RsaHashedKeyAlgorithm
  if (name !== RSASSA.name || hash.name !== RSASSA.hash || !imported.usages.includes('sign')) {
    refuse('a CryptoKey made for something else')
  }
  if (modulusLength < minimumBits) refuse(`a key of ${modulusLength} bits`)
  return (header, payload) =>
    new CompactSign(utf8ToBytes(payload)).setProtectedHeader({ ...header }).sign(imported)
}

function signerOfFunction(
  sign: (data: Uint8Array) => Promise<Uint8Array>,
  minimumBits: number,
): JwsSigner {
  return async (header, payload) => {
    const parts = [JSON.stringify(header), payload].map((text) =>
      bytesToBase64Url(utf8ToBytes(text)),
    )
    const input = parts.join('.')
    const signature: unknown = await sign(utf8ToBytes(input))
    // A signature is as long as the modulus.
    if (!ArrayBuffer.isView(signature) || signature.byteLength * 8 < minimumBits) {
      return refuse('a function that gave no signature of that size as a Uint8Array')
    }
    return `${input}.${bytesToBase64Url(new Uint8Array(signature as Uint8Array))}`
  }
}

async function importKey(
  key: Exclude<SigningKey, (data: Uint8Array) => unknown>,
): Promise<CryptoKey> {
  if (typeof key === 'object' && 'usages' in key && 'algorithm' in key) return key as CryptoKey
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  if (subtle === undefined) return refuse('a page without https, which has no crypto.subtle')
  if (typeof key === 'object' && !('kty' in key) && !ArrayBuffer.isView(key)) {
    return refuse(`a value of type ${typeof key}`)
  }
  const [format, data] =
    typeof key === 'object' && 'kty' in key
      ? (['jwk', key] as const)
      : (['pkcs8', pkcs8Of(key as string | Uint8Array)] as const)
  try {
    // Both forms fit their data; the platform's types want them apart.
    return await subtle.importKey(format as 'jwk', data as JsonWebKey, RSASSA, false, ['sign'])
  } catch {
    // The platform's exception may quote the key.
    return refuse('one that cannot be imported: damaged, encrypted, public or not RSA')
  }
}

/** PKCS#8 (RFC 5208) of a PEM text or of DER bytes; PKCS#1 (RFC 8017 A.1.2) is wrapped. */
function pkcs8Of(key: string | Uint8Array): Uint8Array {
  const text = typeof key === 'string' ? key : new TextDecoder().decode(key)
  // The two characters \n stand for line breaks in an environment variable.
  const pem = /-----BEGIN ([A-Z0-9 ]{1,40})-----([\s\S]*?)-----END/.exec(
    text.replace(/\\[rn]/g, '\n'),
  )
  if (pem === null) {
    return typeof key === 'string' ? refuse('text without a whole PEM block') : wrap(key)
  }
  const [, label, body] = pem as unknown as [string, string, string]
  if (!/^(RSA )?PRIVATE KEY$/.test(label)) refuse(`a PEM block of the kind ${label}`)
  try {
    return wrap(base64ToBytes(body))
  } catch {
    return refuse('a damaged or encrypted PEM block')
  }
}

/** version 0 and AlgorithmIdentifier rsaEncryption, in DER */
const PKCS8_START = [2, 1, 0, 48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0]

/** Both forms are SEQUENCE { INTEGER 0 … }; an INTEGER comes next in PKCS#1, a SEQUENCE in PKCS#8. */
function wrap(der: Uint8Array): Uint8Array {
  if (der[7] !== 2) return der
  const inner = [...PKCS8_START, 4, ...lengthOf(der.length), ...der]
  return Uint8Array.of(48, ...lengthOf(inner.length), ...inner)
}

/** A length in DER, of 256 to 65535 bytes: no key here is shorter or longer. */
function lengthOf(length: number): number[] {
  return [130, length >> 8, length & 255]
}

function refuse(found: string): never {
  const option = 'privateKey'
  throw newError('OPTION_INVALID', `Option ${option} must be ${FORM}; got ${found}. ${REMEDY}`, {
    option,
  })
}
