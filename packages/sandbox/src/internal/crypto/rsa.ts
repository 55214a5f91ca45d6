/**
 * RSA keys: WebCrypto imports and verifies (RFC 8017 section 8.2), own BigInt arithmetic does
 * RSAES-PKCS1-v1_5 (section 7.2), which WebCrypto does not have. Decryption takes the primes (section 5.1.2,
 * step 2b): a quarter of the work, and every sandbox with given credentials decrypts once when it is made.
 */

import {
  bitLength,
  euclid,
  invert,
  modPow,
  toBigInt,
  toFixedBytes,
  toSignedBytes,
} from './arithmetic.ts'
import { type Bytes, fromBase64, randomBytes, toBase64Url } from './bytes.ts'
import { readPem, readSequence, writeDer, writePem } from './pem.ts'
import { createMemory } from './remember.ts'

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** Private keys by their text, and private powers by modulus and base. */
const keys = /* @__PURE__ */ createMemory<Promise<RsaPrivateKey | string>>()
const powers = /* @__PURE__ */ createMemory<bigint>()

/** The platform's `CryptoKey`, named by what makes it, so that the declarations compile without DOM types. */
export type PlatformKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export interface RsaPublicKey {
  readonly verifyKey: PlatformKey
  readonly modulus: bigint
  readonly exponent: bigint
}

/** RFC 8017 section 3.2, the second representation. */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly p: bigint
  readonly q: bigint
  readonly dP: bigint
  readonly dQ: bigint
  readonly qInv: bigint
}

export interface RsaKeyPairPem {
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

export async function generateRsaKeyPair(modulusLength = 2048): Promise<RsaKeyPairPem> {
  const pair = (await crypto.subtle.generateKey(
    { ...ALGORITHM, modulusLength, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ['sign', 'verify'],
  )) as CryptoKeyPair
  const [pkcs8, spki] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey) as Promise<ArrayBuffer>,
    crypto.subtle.exportKey('spki', pair.publicKey) as Promise<ArrayBuffer>,
  ])
  return {
    privateKeyPem: writePem('PRIVATE KEY', new Uint8Array(pkcs8)),
    publicKeyPem: writePem('PUBLIC KEY', new Uint8Array(spki)),
  }
}

/** The `PRIVATE KEY` block of two primes with the exponent 65537 (RFC 8017 appendix A.1.2, RFC 5208). */
export function writeRsaPrivateKey(p: bigint, q: bigint): string {
  const exponent = 65_537n
  const [pLess, qLess] = [p - 1n, q - 1n]
  const [divisor] = euclid(pLess, qLess)
  const d = invert(exponent, (pLess * qLess) / divisor)
  const numbers = [0n, p * q, exponent, d, p, q, d % pLess, d % qLess, invert(q, p)]
  const der = writeDer(0x30, ...numbers.map((number) => writeDer(0x02, toSignedBytes(number))))
  return writePem('PRIVATE KEY', wrapPkcs1(der))
}

/** Imports a `PUBLIC KEY` or `RSA PUBLIC KEY` block, or says as text why it cannot be used. */
export async function readRsaPublicKey(text: string): Promise<RsaPublicKey | string> {
  const block = readPem(text)
  if (!block) return 'no readable PEM block was found'
  if (block.label === 'PUBLIC KEY') return importSpki(block.der)
  if (block.label === 'RSA PUBLIC KEY') {
    const bits = writeDer(0x03, Uint8Array.of(0), block.der)
    return importSpki(writeDer(0x30, rsaIdentifier(), bits))
  }
  return `a PEM block "${block.label}" is not a public key`
}

/** The public and private numbers of a `PRIVATE KEY` or `RSA PRIVATE KEY` block. */
export function readRsaPrivateKey(text: string): Promise<RsaPrivateKey | string> {
  return keys(text, () => readPrivateNumbers(text))
}

async function readPrivateNumbers(text: string): Promise<RsaPrivateKey | string> {
  const block = readPem(text)
  if (!block?.label.endsWith('PRIVATE KEY')) return 'no readable PEM private key was found'
  const pkcs8 = block.label === 'RSA PRIVATE KEY' ? wrapPkcs1(block.der) : block.der
  try {
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign'])
    const jwk = await crypto.subtle.exportKey('jwk', key)
    const publicKey = await importJwk({ kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' })
    const number = (field: 'p' | 'q' | 'dp' | 'dq' | 'qi') => base64UrlToBigInt(jwk[field] ?? '')
    return {
      ...publicKey,
      p: number('p'),
      q: number('q'),
      dP: number('dp'),
      dQ: number('dq'),
      qInv: number('qi'),
    }
  } catch {
    return 'it is not an unencrypted RSA private key'
  }
}

/** The public half of a `PRIVATE KEY` block that is known to be sound: what takes no private operation. */
export async function readPublicHalf(text: string): Promise<RsaPublicKey | string> {
  const pkcs8 = readSequence(readPem(text)?.der ?? Uint8Array.of())
  const [, modulus, exponent] = readSequence(pkcs8?.[2]?.content ?? Uint8Array.of()) ?? []
  if (!modulus || !exponent) return 'it is not an unencrypted RSA private key'
  const integers = [modulus, exponent].map(({ content }) => writeDer(0x02, content))
  const bits = writeDer(0x03, Uint8Array.of(0), writeDer(0x30, ...integers))
  return importSpki(writeDer(0x30, rsaIdentifier(), bits))
}

/** WebCrypto's verdict on an RSASSA-PKCS1-v1_5 signature with SHA-256. */
export function verifyRsaSha256(
  key: RsaPublicKey,
  signature: Bytes,
  message: Bytes,
): Promise<boolean> {
  return crypto.subtle.verify(ALGORITHM, key.verifyKey, signature, message)
}

/** RSAES-PKCS1-v1_5: `00 02`, non-zero padding, `00`, message; then one power. */
export function encryptPkcs1v15(key: RsaPublicKey, message: Uint8Array): Bytes {
  const length = Math.ceil(bitLength(key.modulus) / 8)
  const block = new Uint8Array(length)
  block[1] = 2
  for (let index = 2; index < length - message.length - 1; index++) block[index] = nonZeroByte()
  block.set(message, length - message.length)
  return toFixedBytes(modPow(toBigInt(block), key.exponent, key.modulus), length)
}

/** The message of an RSAES-PKCS1-v1_5 ciphertext; `undefined` when length, range or padding is wrong. */
export function decryptPkcs1v15(key: RsaPrivateKey, ciphertext: Uint8Array): Bytes | undefined {
  const length = Math.ceil(bitLength(key.modulus) / 8)
  const value = toBigInt(ciphertext)
  if (ciphertext.length !== length || value >= key.modulus) return undefined
  const power = powers(`${key.modulus} ${value}`, () => privatePower(key, value))
  const block = toFixedBytes(power, length)
  const separator = block.indexOf(0, 2)
  if (block[0] !== 0 || block[1] !== 2 || separator < 10) return undefined
  return block.slice(separator + 1)
}

/** RSADP (RFC 8017 section 5.1.2) by the Chinese remainder theorem. */
function privatePower({ p, q, dP, dQ, qInv }: RsaPrivateKey, value: bigint): bigint {
  const ofP = modPow(value, dP, p)
  const ofQ = modPow(value, dQ, q)
  const difference = (((ofP - ofQ) % p) + p) % p
  return ofQ + q * ((difference * qInv) % p)
}

async function importSpki(der: Bytes): Promise<RsaPublicKey | string> {
  let key: CryptoKey
  try {
    key = await crypto.subtle.importKey('spki', der, ALGORITHM, true, ['verify'])
  } catch {
    return 'it is not an RSA public key'
  }
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const modulus = base64UrlToBigInt(jwk.n ?? '')
  const bits = bitLength(modulus)
  if (bits < 2048 || bits > 4096) return `the RSA key has ${bits} bits; 2048 are required`
  return { verifyKey: key, modulus, exponent: base64UrlToBigInt(jwk.e ?? '') }
}

async function importJwk(jwk: JsonWebKey): Promise<RsaPublicKey> {
  return {
    verifyKey: await crypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['verify']),
    modulus: base64UrlToBigInt(jwk.n ?? ''),
    exponent: base64UrlToBigInt(jwk.e ?? ''),
  }
}

/** The key of two numbers. */
export function importRsaNumbers(modulus: bigint, exponent: bigint): Promise<RsaPublicKey> {
  const text = (number: bigint) =>
    toBase64Url(toFixedBytes(number, Math.ceil(bitLength(number) / 8)))
  return importJwk({ kty: 'RSA', n: text(modulus), e: text(exponent) })
}

function base64UrlToBigInt(text: string): bigint {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return toBigInt(
    fromBase64(standard.padEnd(Math.ceil(text.length / 4) * 4, '=')) ?? Uint8Array.of(0),
  )
}

/** AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 8017 appendix A.1). */
/** PKCS#8 around the numbers of a key. */
function wrapPkcs1(der: Uint8Array): Bytes {
  return writeDer(0x30, Uint8Array.of(2, 1, 0), rsaIdentifier(), writeDer(0x04, der))
}

function rsaIdentifier(): Bytes {
  const oid = Uint8Array.of(0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1)
  return writeDer(0x30, oid, Uint8Array.of(5, 0))
}

function nonZeroByte(): number {
  for (;;) {
    const [byte] = randomBytes(1)
    if (byte) return byte
  }
}
