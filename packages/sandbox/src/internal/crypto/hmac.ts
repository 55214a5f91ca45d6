/** HMAC (RFC 2104) by the platform's WebCrypto. */
import type { Bytes } from './bytes.ts'

export type HmacHash = 'SHA-1' | 'SHA-256'

export function importHmacKey(hash: HmacHash, key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign', 'verify'])
}

export async function hmac(hash: HmacHash, key: Bytes, message: Bytes): Promise<Bytes> {
  const imported = await importHmacKey(hash, key)
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message))
}

export function verifyHmac(key: CryptoKey, signature: Bytes, message: Bytes): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, signature, message)
}
