/** The keys that seal the live session token in the Durable Object. */
import { settingError } from '../errors.ts'
import type { EdgeSettings } from '../settings.ts'

/** AES-GCM keys: the first seals, each opens. @throws EdgeError `EDGE_OPTION_INVALID` */
export function importStoreKeys({ storeKeys }: EdgeSettings): Promise<CryptoKey[]> {
  if (storeKeys.length === 0) {
    throw settingError('ISOAUTH_EDGE_STORE_KEY', '32 random bytes in base64url')
  }
  return Promise.all(
    storeKeys.map((key) =>
      crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']),
    ),
  )
}
