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
  if (!key) return VERSION + bytesToBase64Url(plain)
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(parameters(nonce, entryKey), key, plain)
  return VERSION + bytesToBase64Url(new Uint8Array([...nonce, ...new Uint8Array(sealed)]))
}

/** Opens what {@link seal} made; undefined where no key fits or the value is something else. */
export async function unseal(
  value: unknown,
  entryKey: string,
  storeKey: StoreKey,
): Promise<string | undefined> {
  if (typeof value !== 'string' || !value.startsWith(VERSION)) return undefined
  try {
    const bytes = base64UrlToBytes(value.slice(VERSION.length))
    if (storeKey === 'unsealed') return new TextDecoder().decode(bytes)
    const algorithm = parameters(bytes.slice(0, NONCE_BYTES), entryKey)
    const attempts = keysOf(storeKey).map((key) =>
      crypto.subtle.decrypt(algorithm, key, bytes.slice(NONCE_BYTES)),
    )
    return new TextDecoder().decode(await Promise.any(attempts))
  } catch {
    return undefined
  }
}

function keysOf(storeKey: StoreKey): readonly globalThis.CryptoKey[] {
  return [storeKey].flat().filter((key) => key !== 'unsealed') as globalThis.CryptoKey[]
}

function parameters(iv: Bytes, entryKey: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8ToBytes(entryKey) }
}
