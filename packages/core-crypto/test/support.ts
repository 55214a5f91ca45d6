/** What several test files need: the test keys of the vectors, and key files built piece by piece. */
import { bytesToBase64 } from '@isoauth/core-crypto'
import { expect } from 'vitest'
import vectors from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { encodeDer, encodeDerInteger, TAG_SEQUENCE } from '../src/internal/der.ts'
import type { RsaPrivateNumbers } from '../src/internal/rsa-private-key.ts'
import { readRsaPrivateKey } from '../src/internal/rsa-private-key.ts'

export const keys: Record<
  string,
  {
    pkcs1Pem: string
    pkcs8Pem: string
    publicPem: string
    nHex: string
    eHex: string
    dHex: string
  }
> = vectors.keys

export const dhGroups: Record<string, { pem: string; primeHex: string; generator: number }> =
  vectors.dhGroups

export function pem(label: string, der: Uint8Array | string): string {
  const body = typeof der === 'string' ? der : bytesToBase64(der)
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}

export function sequence(...contents: Uint8Array[]): Uint8Array {
  return encodeDer(TAG_SEQUENCE, ...contents)
}

export const integer: (value: bigint) => Uint8Array = encodeDerInteger

export const numbers: RsaPrivateNumbers = readRsaPrivateKey(
  keys['encryption']!.pkcs1Pem,
  'decryption',
)

/** RSAPrivateKey of PKCS#1, with whatever numbers. */
export function pkcs1(values: RsaPrivateNumbers): Uint8Array {
  const { n, e, d, p, q, dp, dq, qi } = values
  return sequence(...[0n, n, e, d, p, q, dp, dq, qi].map(integer))
}

/** Matches an error with this code, also one from another copy of the package. */
export function coded(code: string, option?: string): unknown {
  return expect.objectContaining(option === undefined ? { code } : { code, option })
}

/** PrivateKeyInfo of PKCS#8. */
export function pkcs8(values: RsaPrivateNumbers): Uint8Array {
  const rsaEncryption = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01)
  const algorithm = sequence(encodeDer(6, rsaEncryption), encodeDer(5))
  return sequence(integer(0n), algorithm, encodeDer(4, pkcs1(values)))
}
