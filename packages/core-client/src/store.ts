/**
 * The store in which several machines share one token, and the lock under which one of them
 * renews it.
 */
import { bytesToHex, utf8ToBytes } from '@isoauth/core-crypto'
import type { Raise } from './errors.ts'
import { optionalFunction, refuseOption } from './options.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import type { StoreKey } from './sealing.ts'

/**
 * A strongly consistent key-value store. `localStorage` and an unstorage `createStorage()` fit as
 * they are. An eventually consistent store (Cloudflare KV) does not: two machines would both renew.
 */
export interface TokenStore {
  getItem(key: string): unknown
  /** `ttl` in whole seconds. */
  setItem(key: string, value: string, options: { ttl: number }): unknown
  removeItem(key: string): unknown
}

/**
 * Runs `work` while no one else runs work under the same name, and gives its result. In tabs:
 * `(name, work, options) => navigator.locks.request(name, options, () => work())`.
 */
export type Lock = <T>(
  name: string,
  work: () => Promise<T>,
  options: { signal?: PlatformAbortSignal },
) => Promise<T>

/** The three options by which a client shares its token. */
export interface SharingOptions {
  /** Where the token is kept for other tabs, processes or machines. Default: nowhere. */
  readonly store?: TokenStore | undefined
  /** Required with `store`: the AES-GCM keys that seal the entry, or `'unsealed'`. */
  readonly storeKey?: StoreKey | undefined
  /** Lets one of many renew. Without it, one renewal at a time holds per process only. */
  readonly lock?: Lock | undefined
}

/** Checks {@link SharingOptions}. */
export function checkSharing(raise: Raise, { store, storeKey, lock }: SharingOptions): void {
  optionalFunction(raise, 'lock', lock)
  if (store === undefined && storeKey === undefined) return
  const methods = ['getItem', 'setItem', 'removeItem'] as const
  if (!methods.every((method) => typeof store?.[method] === 'function')) {
    refuseOption(raise, 'store', store, `an object with ${methods}`)
  }
  const keys = [storeKey].flat() as readonly unknown[]
  if (storeKey !== 'unsealed' && !(keys.length && keys.every(isAesKey))) {
    refuseOption(raise, 'storeKey', storeKey, "AES-GCM keys (encrypt, decrypt) or 'unsealed'")
  }
}

/** `isoauth:<package>:<SHA-256 of the parts, hex>`: the name of an entry and of its lock. */
export async function entryKey(packageName: string, parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(JSON.stringify(parts)))
  return `isoauth:${packageName}:${bytesToHex(new Uint8Array(digest))}`
}

function isAesKey(key: unknown): boolean {
  const { algorithm, usages } = (key ?? {}) as Partial<CryptoKey>
  return algorithm?.name === 'AES-GCM' && /(de|en)crypt,(de|en)crypt/.test(String(usages))
}
