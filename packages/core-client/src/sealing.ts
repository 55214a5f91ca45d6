/**
 * Sealing of stored tokens: AES-GCM (NIST SP 800-38D), the entry's key as associated data, so that
 * an entry copied to another key does not open.
 *
 * Form: `v1.` and base64url of 12 bytes of nonce, ciphertext and 16 bytes of tag; unsealed: `v1.` and
 * base64url of the text's UTF-8 bytes. Neither is touched by stores that parse JSON.
 */
import {
  type Bytes,
  base64UrlToBytes,
  bytesToBase64Url,
  type CryptoKey,
  randomBytes,
  utf8ToBytes,
} from '@isoauth/core-crypto'

/** AES-GCM keys: the first seals, each may open (rotation). `'unsealed'` keeps entries readable. */
export type StoreKey = CryptoKey | readonly CryptoKey[] | 'unsealed'

const VERSION = 'v1.'
const NONCE_BYTES = 12

/** Seals a text for one entry of a store. */
export async function seal(text: string, entryKey: string, storeKey: StoreKey): Promise<string> {
  const plain = utf8ToBytes(text)
  const [key] = keysOf(storeKey)
  if (key === undefined) return VERSION + bytesToBase64Url(plain)
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(parameters(nonce, entryKey), key, plain),
  )
  return VERSION + bytesToBase64Url(new Uint8Array([...nonce, ...sealed]))
}

/** Opens what {@link seal} made; undefined where no key fits or the value is something else. */
export async function unseal(
  value: unknown,
  entryKey: string,
  storeKey: StoreKey,
): Promise<string | undefined> {
  if (typeof value !== 'string' || !value.startsWith(VERSION)) return undefined
  const bytes = decode(value.slice(VERSION.length))
  if (bytes === undefined) return undefined
  if (storeKey === 'unsealed') return new TextDecoder().decode(bytes)
  const algorithm = parameters(bytes.slice(0, NONCE_BYTES), entryKey)
  for (const key of keysOf(storeKey)) {
    const plain = await crypto.subtle
      .decrypt(algorithm, key, bytes.slice(NONCE_BYTES))
      .catch(() => undefined)
    if (plain !== undefined) return new TextDecoder().decode(plain)
  }
  return undefined
}

function keysOf(storeKey: StoreKey): readonly globalThis.CryptoKey[] {
  if (storeKey === 'unsealed') return []
  return (Array.isArray(storeKey) ? storeKey : [storeKey]) as readonly globalThis.CryptoKey[]
}

function parameters(iv: Bytes, entryKey: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8ToBytes(entryKey) }
}

function decode(text: string): Bytes | undefined {
  try {
    return base64UrlToBytes(text)
  } catch {
    return undefined
  }
}
