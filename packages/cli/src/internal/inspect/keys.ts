/** Whether a signature is that of a text, under each key that the server has or a program may have used. */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  CryptoError,
  hexToBytes,
  hmacSha256,
  importRsaSigningKey,
  signRsaSha256,
  timingSafeEqual,
  utf8ToBytes,
  verifyRsaSha256,
} from '@isoauth/core-crypto'
import { type RequestKind, type ServerKnowledge, signatureMethodOf } from './request.ts'

export interface Verifier {
  readonly name: string
  matches(signature: Uint8Array, text: string): Promise<boolean>
}

/** A key with which a signature is wrong, and what that means. */
export interface MistakenKey extends Verifier {
  readonly id: string
  readonly title: string
  readonly cause: string
  readonly remedy: string
}

export interface Verifiers {
  /** The server's; `undefined` where it was not given. */
  readonly right: Verifier | undefined
  readonly mistaken: readonly MistakenKey[]
}

/** What the person gave is no key; `message` says which field and what is expected. */
export class KeyInvalid extends Error {
  override readonly name = 'KeyInvalid'
  /** What mends this key, where that is known. */
  readonly remedy: string | undefined

  constructor(message: string, remedy?: string) {
    super(message)
    this.remedy = remedy
  }
}

export async function verifiersOf(kind: RequestKind, given: ServerKnowledge): Promise<Verifiers> {
  return signatureMethodOf(kind) === 'RSA-SHA256' ? rsaVerifiers(given) : hmacVerifiers(given)
}

async function rsaVerifiers({ signatureKey, encryptionKey }: ServerKnowledge): Promise<Verifiers> {
  const other = await rsaVerifier('encryption key', encryptionKey)
  return {
    right: await rsaVerifier('signature key', signatureKey),
    mistaken: other
      ? [
          {
            ...other,
            id: 'keys-swapped',
            title: 'It was signed with the encryption key',
            cause:
              'The two private keys are swapped: each is an RSA key, and neither says what it is for.',
            remedy: 'Sign with the key whose public half was registered for signing.',
          },
        ]
      : [],
  }
}

async function rsaVerifier(name: string, pem: string | undefined): Promise<Verifier | undefined> {
  if (pem === undefined || pem.trim() === '') return undefined
  try {
    if (pem.includes(PUBLIC_KEY) && !pem.includes('PRIVATE KEY')) {
      const key = await importPublicKey(pem)
      return { name, matches: (signature, text) => verifyRsaSha256(key, signature, text) }
    }
    // RSASSA-PKCS1-v1_5 gives the same signature each time, so that a private key can verify too.
    const key = await importRsaSigningKey(pem)
    return {
      name,
      matches: async (signature, text) =>
        timingSafeEqual(await signRsaSha256(key, text), signature),
    }
  } catch (error) {
    // A public block that is damaged is told below.
    if (error instanceof CryptoError && error.code !== 'CRYPTO_ENCODING_INVALID') {
      const [found, remedy] = error.message.split('. Remedy: ')
      throw new KeyInvalid(`The ${name} cannot be used. ${found}.`, remedy)
    }
    throw new KeyInvalid(`The ${name} has to be an RSA key in PEM: a whole block, BEGIN to END.`)
  }
}

const PUBLIC_KEY = '-----BEGIN PUBLIC KEY-----'

async function importPublicKey(pem: string): Promise<CryptoKey> {
  const [, rest = ''] = pem.split(PUBLIC_KEY)
  const [body = ''] = rest.split('-----END PUBLIC KEY-----')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return crypto.subtle.importKey('spki', base64ToBytes(body), algorithm, true, ['verify'])
}

function hmacVerifiers({ liveSessionToken }: ServerKnowledge): Verifiers {
  if (liveSessionToken === undefined || liveSessionToken.trim() === '') {
    return { right: undefined, mistaken: [] }
  }
  const token = readToken(liveSessionToken.trim())
  const about = {
    id: 'key-as-text',
    title: 'The text of the live session token was the key, not its bytes',
    cause: 'HMAC was given the base64 or hex text as it is shown, which is another key.',
    remedy: 'Decode the text first: the key is 20 bytes.',
  }
  return {
    right: hmacVerifier('live session token', token),
    mistaken: [bytesToBase64(token), bytesToHex(token), bytesToHex(token).toUpperCase()].map(
      (text) => ({
        ...about,
        ...hmacVerifier('text of the live session token', utf8ToBytes(text)),
      }),
    ),
  }
}

function hmacVerifier(name: string, key: Uint8Array): Verifier {
  return {
    name,
    matches: async (signature, text) => timingSafeEqual(hmacSha256(key, text), signature),
  }
}

function readToken(text: string): Uint8Array {
  try {
    const token = /^[0-9a-f]{40}$/i.test(text) ? hexToBytes(text) : base64ToBytes(text)
    if (token.length === 20) return token
  } catch {
    // Told below, without what the decoder says of the text.
  }
  throw new KeyInvalid(
    'The live session token has to be 20 bytes: 28 characters of base64, or 40 of hex.',
  )
}
