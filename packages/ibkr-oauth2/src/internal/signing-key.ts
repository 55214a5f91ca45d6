/**
 * The key that signs: imported once, its size checked, and used by `jose`; a function that signs
 * elsewhere goes through the same assembly.
 */
import {
  base64UrlToBytes,
  bytesToBase64Url,
  importRsaSigningKey,
  type RsaSigningKey,
  type SigningKey,
  signRsaSha256,
  utf8ToBytes,
  verifyRsaSha256,
} from '@isoauth/core-crypto'
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

/** The smallest modulus that the broker registers, and the smallest that RS256 allows. */
const MINIMUM_BITS = 3072
const WEAK_BITS = 2048

/** Refuses what cannot be a key, without waiting. */
export function checkKeyKind(key: unknown): void {
  const isThere = typeof key === 'string' ? key.trim() !== '' : key !== null
  if (isThere && ['string', 'object', 'function'].includes(typeof key)) return
  const named = key === null || key === undefined ? String(key) : `a ${typeof key}`
  const found = key === '' ? 'an empty string' : named
  refuse(
    `it must be an RSA private key (PEM, DER, a JSON Web Key or a CryptoKey) or a function that signs, and it is ${found}. Give the content of the key file`,
  )
}

/** Imports a key; it is not extractable afterwards. */
export async function importSigner(key: SigningKey, allowWeakKey: boolean): Promise<JwsSigner> {
  const minimumBits = allowWeakKey ? WEAK_BITS : MINIMUM_BITS
  const imported = await importRsaSigningKey(key).catch(refuseCoded)
  const { cryptoKey, publicKey, modulusBits = minimumBits } = imported
  if (cryptoKey === undefined) return signerOfFunction(imported, minimumBits)
  if (modulusBits < minimumBits) refuse(tooSmall(`the key has ${modulusBits} bits`))
  return async (header, payload) => {
    const jws = await new CompactSign(utf8ToBytes(payload))
      .setProtectedHeader({ ...header })
      .sign(cryptoKey as CryptoKey)
    const dot = jws.lastIndexOf('.')
    const input = jws.slice(0, dot)
    const signature = base64UrlToBytes(jws.slice(dot + 1))
    // A `CryptoKey` of the caller's tells no public half.
    const isRight = !publicKey || (await verifyRsaSha256(publicKey, signature, input))
    // A faulty signature can tell the private key, so none leaves. A platform that signed wrongly signs rightly when it is
    // asked once more; `signRsaSha256` sees to that.
    return isRight ? jws : `${input}.${bytesToBase64Url(await signRsaSha256(imported, input))}`
  }
}

function signerOfFunction(key: RsaSigningKey, minimumBits: number): JwsSigner {
  return async (header, payload) => {
    const input = [JSON.stringify(header), payload]
      .map((text) => bytesToBase64Url(utf8ToBytes(text)))
      .join('.')
    const signature = await signRsaSha256(key, input).catch(refuseCoded)
    // A signature is as long as the modulus.
    const bits = signature.length * 8
    if (bits < minimumBits) refuse(tooSmall(`its signatures have ${bits} bits`))
    return `${input}.${bytesToBase64Url(signature)}`
  }
}

function tooSmall(found: string): string {
  return `the broker registers keys of 3072 bits or more, and ${found}. Give the key that is registered; to make a new one, in a new file: openssl genrsa -out new-private-key.pem 3072`
}

/** Tells a `CryptoError` as this package's error; what a caller's signing function throws stays. */
function refuseCoded(error: unknown): never {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message: string }
  const isOurs = typeof code === 'string' && code.startsWith('CRYPTO_')
  if (!isOurs || code === 'CRYPTO_WEBCRYPTO_UNAVAILABLE') throw error
  return refuse(message.replace(/\.$/, ''))
}

function refuse(found: string): never {
  const option = 'privateKey'
  throw newError('OPTION_INVALID', `Option ${option}: ${found}.`, { option })
}
