/**
 * RSA private keys as people have them: PKCS#8 (RFC 5208, RFC 5958) and PKCS#1 (RFC 8017 appendix
 * A.1.2), PEM or DER, and JSON Web Keys (RFC 7518 section 6.3). What is no such key is named.
 */
import { base64UrlToBytes, bytesToHex } from '../encoding.ts'
import type { CryptoError } from '../errors.ts'
import type { JsonWebKey } from '../keys.ts'
import { bytesToBigInt } from './bigint.ts'
import { isBytes, optionInvalid } from './check.ts'
import { type DerElement, derElements, derSequence, derUnsigned } from './der.ts'
import { keyError } from './key-errors.ts'
import { hasPemStart, type PemBlock, pemBlocks, pemBytes, textOfBytes } from './pem.ts'
import { checkRsaPrivateNumbers, type RsaPrivateNumbers } from './rsa-private-numbers.ts'

type Refusal = readonly [RegExp, Parameters<typeof keyError>[0], string?, string?]

const DH_PARAMETERS = 'a file of Diffie-Hellman parameters'

/** PEM blocks that hold no RSA private key, by their labels; the first that fits counts. */
const LABELS: readonly Refusal[] = [
  [/^ENCRYPTED/, 'CRYPTO_KEY_ENCRYPTED'],
  [/PUBLIC KEY$/, 'CRYPTO_KEY_PUBLIC'],
  [/CERTIFICATE/, 'CRYPTO_KEY_CERTIFICATE'],
  [
    /^OPENSSH/,
    'CRYPTO_KEY_TYPE_UNSUPPORTED',
    "in OpenSSH's own form",
    'if it is RSA, on a copy of it: ssh-keygen -p -N "" -m PEM -f copy-of-key',
  ],
  [/^(?:EC|DSA) /, 'CRYPTO_KEY_TYPE_UNSUPPORTED'],
  [/DH PARAMETERS$/, 'CRYPTO_KEY_LABEL_UNEXPECTED', DH_PARAMETERS],
  [/^(?!(?:RSA )?PRIVATE KEY$)/, 'CRYPTO_KEY_LABEL_UNEXPECTED'],
]

const PKCS1 = /^2(?:,2){8}$/
const PKCS8 = /^2,48,4(?:,160)?(?:,129)?$/

/** DER files that are no RSA private key, by the tags of their outer elements. */
const FORMS: readonly Refusal[] = [
  [/^48,4$/, 'CRYPTO_KEY_ENCRYPTED'],
  // SubjectPublicKeyInfo, RSAPublicKey
  [/^48,3$|^2,2$/, 'CRYPTO_KEY_PUBLIC'],
  [/^48,48,3$/, 'CRYPTO_KEY_CERTIFICATE'],
  // Keys of more than two primes, EC, DSA
  [/^2(?:,2){8},48$|^2,4(?:,160)?(?:,161)?$|^2(?:,2){5}$/, 'CRYPTO_KEY_TYPE_UNSUPPORTED'],
  [/^2,2,2(?:,2)?(?:,48)?$/, 'CRYPTO_KEY_LABEL_UNEXPECTED', DH_PARAMETERS],
  [
    /^2,48(?:,48)?$/,
    'CRYPTO_KEY_LABEL_UNEXPECTED',
    'a PKCS#12 container',
    'openssl pkcs12 -in file.p12 -nocerts -nodes -out private.pem',
  ],
  [
    /(?:)/,
    'CRYPTO_KEY_MALFORMED',
    'unreadable: its DER is damaged or that of another kind of file',
  ],
]

/** 1.2.840.113549.1.1.1 */
const RSA_ENCRYPTION = '2a864886f70d010101'

/** Reads a key and checks that its size is fit and its numbers belong together. */
export function readRsaPrivateKey(input: string | Uint8Array | JsonWebKey): RsaPrivateNumbers {
  const numbers = read(input)
  checkRsaPrivateNumbers(numbers)
  return numbers
}

function read(input: unknown): RsaPrivateNumbers {
  const text = isBytes(input) ? textOfBytes(input) : input
  if (typeof text === 'string' && text.trim() !== '') return fromText(text)
  if (text === undefined && isBytes(input)) return fromDer(input)
  if (typeof text === 'object' && text !== null && 'kty' in text) return fromJwk(text as JsonWebKey)
  throw optionInvalid(
    'input',
    'an RSA private key: PEM text, the bytes of a PEM or DER file, a JSON Web Key or a CryptoKey; not empty',
  )
}

function fromText(text: string): RsaPrivateNumbers {
  if (hasPemStart(text)) return fromPem(text)
  if (/^\s*(?:ssh|ecdsa)-/.test(text)) throw keyError('CRYPTO_KEY_PUBLIC')
  throw unreadable(
    /^\s*\{/.test(text)
      ? 'JSON text is to be parsed before it is given'
      : 'there is no PEM block in it, and a file name is not opened',
  )
}

function fromPem(text: string): RsaPrivateNumbers {
  const blocks = pemBlocks(text)
  const block = blocks.find(({ label }) => /^(?:\w+ )?PRIVATE KEY$/.test(label)) ?? blocks[0]
  if (block !== undefined) checkLabel(block)
  const der = block && pemBytes(block)
  if (der === undefined) throw unreadable('its PEM block is cut short or damaged')
  return fromDer(der)
}

function checkLabel({ label, body }: PemBlock): void {
  if (/Proc-Type:|DEK-Info:/i.test(body)) throw keyError('CRYPTO_KEY_ENCRYPTED')
  refuse(LABELS, label)
}

function refuse(refusals: readonly Refusal[], found: string): void {
  for (const [pattern, code, words, remedy] of refusals) {
    if (pattern.test(found)) throw keyError(code, words, remedy)
  }
}

function fromDer(der: Uint8Array): RsaPrivateNumbers {
  const elements = derSequence(der) ?? []
  const tags = elements.map(({ tag }) => tag).join()
  if (PKCS1.test(tags)) return fromPkcs1(elements)
  if (PKCS8.test(tags)) return fromPkcs8(elements)
  // RSAPublicKey and PKCS#3 parameters look alike, but a generator is small.
  if (tags === '2,2' && [2n, 5n].includes(derUnsigned(elements[1]) ?? 0n)) {
    throw keyError('CRYPTO_KEY_LABEL_UNEXPECTED', DH_PARAMETERS)
  }
  refuse(FORMS, tags)
  throw keyError('CRYPTO_KEY_MALFORMED')
}

function fromPkcs8([version, algorithm, privateKey]: readonly DerElement[]): RsaPrivateNumbers {
  const [identifier, parameters] = derElements(algorithm!.content) ?? []
  const elements = derSequence(privateKey!.content)
  const isKnown = (derUnsigned(version) ?? 2n) < 2n && identifier?.tag === 6
  if (isKnown && (bytesToHex(identifier.content) !== RSA_ENCRYPTION || elements?.length === 10)) {
    throw keyError('CRYPTO_KEY_TYPE_UNSUPPORTED')
  }
  const isNull = parameters === undefined || (parameters.tag === 5 && !parameters.content.length)
  if (!isKnown || !isNull || elements?.length !== 9) throw unreadable('its PKCS#8 form is damaged')
  return fromPkcs1(elements)
}

function fromPkcs1(elements: readonly DerElement[]): RsaPrivateNumbers {
  const values = elements.map(derUnsigned)
  if (values[0] !== 0n || values.includes(undefined)) throw unreadable('its numbers are damaged')
  const [, n, e, d, p, q, dp, dq, qi] = values as bigint[]
  return { n, e, d, p, q, dp, dq, qi } as RsaPrivateNumbers
}

function fromJwk(jwk: JsonWebKey): RsaPrivateNumbers {
  if (jwk.kty !== 'RSA' || jwk.oth !== undefined) throw keyError('CRYPTO_KEY_TYPE_UNSUPPORTED')
  if (jwk.d === undefined) throw keyError('CRYPTO_KEY_PUBLIC')
  const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
  try {
    const entries = names.map((name) => [name, bytesToBigInt(base64UrlToBytes(member(jwk[name])))])
    return Object.fromEntries(entries)
  } catch {
    throw unreadable(`as a JSON Web Key it needs ${names.join()} as base64url`)
  }
}

/** A longer one is no number of a key of 8192 bits; a missing one is no base64url. */
function member(text: string | undefined): string {
  return text && text.length < 2048 ? text : '='
}

function unreadable(reason: string): CryptoError {
  return keyError('CRYPTO_KEY_MALFORMED', `unreadable: ${reason}`)
}
