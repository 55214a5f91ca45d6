/** What a sandbox holds in memory as JSON, and back: maps, bytes, big numbers and keys of the platform. */
import { type Bytes, fromBase64, toBase64, utf8 } from '../crypto/bytes.ts'
import { importHmacKey } from '../crypto/hmac.ts'
import { importRsaNumbers, type RsaPublicKey } from '../crypto/rsa.ts'
import { isObject } from '../errors.ts'
import type { LiveSessionToken } from '../ibkr-oauth1/consumer.ts'

/** The value as JSON has it; each kind that JSON lacks is an object with one member. */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString(16) }
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) }
  if (value instanceof Map) return { $map: [...value].map(toPlain) }
  if (Array.isArray(value)) return value.map(toPlain)
  if (!isObject(value)) return value
  if ('verifyKey' in value) {
    const { modulus, exponent } = value as RsaPublicKey
    return { $rsa: [modulus.toString(16), exponent.toString(16)] }
  }
  if ('hmacKey' in value) {
    const { key, expiresAtMs } = value as LiveSessionToken
    return { $token: [toBase64(key), expiresAtMs] }
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toPlain(part)]))
}

/** The other way; keys are imported anew. */
export async function fromPlain(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return await Promise.all(value.map(fromPlain))
  if (!isObject(value)) return value
  const [[name, part] = ['', undefined]] = Object.entries(value)
  switch (name) {
    case '$bigint':
      return BigInt(`0x${part}`)
    case '$bytes':
      return bytesOf(part)
    case '$map':
      return new Map((await fromPlain(part)) as [string, unknown][])
    case '$rsa': {
      const [modulus, exponent] = part as readonly string[]
      return await importRsaNumbers(BigInt(`0x${modulus}`), BigInt(`0x${exponent}`))
    }
    case '$token': {
      const [key, expiresAtMs] = part as readonly [string, number]
      return await liveSessionTokenOf(bytesOf(key), expiresAtMs)
    }
    default: {
      const entries = Object.entries(value).map(async ([key, one]) => [key, await fromPlain(one)])
      return Object.fromEntries(await Promise.all(entries))
    }
  }
}

/** A live session token with the two keys that a request may be signed by. */
export async function liveSessionTokenOf(
  key: Bytes,
  expiresAtMs: number,
): Promise<LiveSessionToken> {
  const [hmacKey, textHmacKey] = await Promise.all([
    importHmacKey('SHA-256', key),
    importHmacKey('SHA-256', utf8(toBase64(key))),
  ])
  return { key, hmacKey, textHmacKey, expiresAtMs }
}

function bytesOf(base64: unknown): Bytes {
  return fromBase64(String(base64)) ?? new Uint8Array()
}
