/**
 * What several machines share: a store with one sealed entry for the token, and the lock under which
 * one of them renews it. Neither ever fails a request: a store that is down, slow or full, a lock that
 * is held for ever, are reported, and the process goes on by itself.
 *
 * An entry is sealed by AES-GCM (NIST SP 800-38D), its key as associated data, so that one copied to
 * another key does not open. Form: `v1.` and base64url of 12 bytes of nonce, ciphertext and 16 bytes of
 * tag; unsealed: `v1.` and base64url of the text's UTF-8 bytes. Neither is touched by stores that parse
 * JSON.
 */
import {
  type Bytes,
  base64UrlToBytes,
  bytesToBase64Url,
  bytesToHex,
  CryptoError,
  type CryptoKey,
  isBytes,
  randomBytes,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import { withDeadline } from './deadline.ts'
import { type OptionReader, readFunction } from './options.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

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
 * `async (name, work, options) => await navigator.locks.request(name, options, () => work())`.
 */
export type Lock = <T>(
  name: string,
  work: () => Promise<T>,
  options: { signal?: PlatformAbortSignal },
) => Promise<T>

/** AES-GCM keys: the first seals, each may open (rotation). `'unsealed'` keeps entries readable. */
export type StoreKey = CryptoKey | readonly CryptoKey[] | 'unsealed'

/** The three options by which a client shares its token. */
export interface SharingOptions {
  /** Where the token is kept for other tabs, processes or machines. Default: nowhere. */
  readonly store?: TokenStore | undefined
  /** Required with `store`: the AES-GCM keys that seal the entry, or `'unsealed'`. */
  readonly storeKey?: StoreKey | undefined
  /** Lets one of many renew. Without it, one renewal at a time holds per client only. */
  readonly lock?: Lock | undefined
}

/**
 * An operation on the store that failed. `open`: an entry is there and does not open, since it was sealed
 * with another key, or is none of ours; or the store does not give back what was set. Each process with a
 * key of its own is the usual cause. Told once.
 */
export type StoreOperation = 'read' | 'write' | 'open'

/** One entry of a store. */
export interface SharedEntry {
  /**
   * The text kept, or undefined where there is none that opens.
   *
   * @throws the signal's reason: who has left is not to be taken for one who found nothing
   */
  read(signal?: PlatformAbortSignal | undefined): Promise<string | undefined>
  /** Keeps a text for `lifetimeMs` milliseconds. */
  write(text: string, lifetimeMs: number): Promise<void>
  remove(): Promise<void>
}

const VERSION = 'v1.'
const NONCE_BYTES = 12
/** No entry of ours is longer, in characters. */
const MAXIMUM_LENGTH = 65_536
/** The store is given this long for one operation, in milliseconds. */
const STORE_TIMEOUT_MS = 5000
/** And a lock this long to come. */
const LOCK_WAIT_MS = 30_000

/** Reads {@link SharingOptions}. */
export function readSharing(read: OptionReader<SharingOptions>): SharingOptions {
  const lock = readFunction(read, 'lock')
  const store = read.value('store')
  const storeKey = read.value('storeKey')
  if (store === undefined && storeKey === undefined) return { lock }
  const methods = ['getItem', 'setItem', 'removeItem'] as const
  if (!methods.every((method) => typeof store?.[method] === 'function')) {
    read.refuse('store', 'an object with the methods getItem, setItem and removeItem')
  }
  if (storeKey === 'unsealed') return { store, storeKey, lock }
  // A list of their own: from the caller's the keys may be taken later, and without one nothing would be sealed.
  const keys = [storeKey].flat() as readonly CryptoKey[]
  if (!(keys.length && keys.every(isAesKey))) {
    read.refuse(
      'storeKey',
      "an AES-GCM CryptoKey for encrypt and decrypt, an array of them, or 'unsealed'",
    )
  }
  return { store, storeKey: keys, lock }
}

/**
 * `isoauth:<package>:<SHA-256 of the parts, hex>`: the name of an entry and of its lock.
 * @throws `CRYPTO_WEBCRYPTO_UNAVAILABLE` without `crypto.subtle`; this is where a sign-in needs it first
 */
export async function entryKey(packageName: string, parts: readonly string[]): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle === undefined) {
    throw new CryptoError(
      'This runtime gives no crypto.subtle. A page has it only over https or on this machine.',
      { code: 'CRYPTO_WEBCRYPTO_UNAVAILABLE' },
    )
  }
  const digest = await subtle.digest('SHA-256', utf8ToBytes(JSON.stringify(parts)))
  return `isoauth:${packageName}:${bytesToHex(new Uint8Array(digest))}`
}

/** Opens the entry `key` of a store; failures are told to `onEvent`. */
export function openSharedEntry(options: {
  readonly store?: TokenStore | undefined
  readonly storeKey?: StoreKey | undefined
  readonly key: string
  readonly onEvent: (event: { type: 'store-failed'; operation: StoreOperation }) => void
  /** Milliseconds to wait for one operation. Default: 5000. */
  readonly timeoutMs?: number | undefined
}): SharedEntry | undefined {
  const { store, storeKey, key, onEvent, timeoutMs = STORE_TIMEOUT_MS } = options
  if (!store || !storeKey) return undefined
  let isClosedTold = false
  let isProven = false
  const guarded = <T>(
    operation: StoreOperation,
    work: () => Promise<T>,
    signal?: PlatformAbortSignal,
  ) =>
    withDeadline({ timeoutMs, signal }, work).catch(() => {
      // The exception may quote the entry; that it failed is all there is to tell.
      if (!signal?.aborted) onEvent({ type: 'store-failed', operation })
      return undefined
    })
  const tellClosed = () => {
    if (!isClosedTold) onEvent({ type: 'store-failed', operation: 'open' })
    isClosedTold = true
  }
  const readOnce = async () => {
    const value = await store.getItem(key)
    if (value === null || value === undefined) return undefined
    const text = await unseal(value, key, storeKey)
    if (text === undefined) tellClosed()
    else isClosedTold = false
    return text
  }
  return {
    async read(signal) {
      const text = await guarded('read', readOnce, signal)
      signal?.throwIfAborted()
      return text
    },
    async write(text, lifetimeMs) {
      const ttl = Math.floor(lifetimeMs / 1000)
      if (ttl < 1) return
      const isWritten = await guarded('write', async () => {
        await store.setItem(key, await seal(text, key, storeKey), { ttl })
        return true
      })
      if (!isWritten || isProven) return
      isProven = true
      // Once: a store that never gives back what was set is no store. One that cannot be read tells it when it is.
      const isMissing = async () => (await store.getItem(key)) == null
      if (await withDeadline({ timeoutMs }, isMissing).catch(() => false)) tellClosed()
    },
    async remove() {
      await guarded('write', async () => {
        await store.removeItem(key)
      })
    },
  }
}

/**
 * Runs `work` under a caller's lock, or without it once the lock failed or did not come in time. Work
 * runs once at most, however often the lock calls it, and never rejects out of the caller's sight.
 */
export async function underLock<T>(
  lock: Lock | undefined,
  name: string,
  work: () => Promise<T>,
  options: {
    readonly signal: PlatformAbortSignal
    readonly onFailure: () => void
    /** Milliseconds to wait for the lock. Default: 30000. */
    readonly waitMs?: number | undefined
  },
): Promise<T> {
  if (lock === undefined) return work()
  const { signal, onFailure, waitMs: timeoutMs = LOCK_WAIT_MS } = options
  let outcome: Promise<T> | undefined
  let gaveUp = false
  const acquire = (deadline: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const held = async () => {
        // A lock that comes after we went on without it must not renew a second time.
        if (gaveUp) return
        outcome ??= work()
        resolve()
        // What it rejects with is told to the caller; a lock that does not await it would lose it.
        await outcome.catch(() => {})
      }
      lock(name, held, { signal: deadline }).then(reject, reject)
    })
  try {
    await withDeadline({ timeoutMs, signal }, acquire)
  } catch {
    // The lock failed, or did not come in time.
    gaveUp = true
  }
  if (outcome !== undefined) return outcome
  signal.throwIfAborted()
  onFailure()
  return work()
}

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
  const text = textOf(value)
  if (text === undefined || !text.startsWith(VERSION)) return undefined
  try {
    const bytes = base64UrlToBytes(text.slice(VERSION.length))
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

/** The text of what a store gave: some give bytes. Undefined for anything else, and for what is too long. */
function textOf(given: unknown): string | undefined {
  // By its tag, since a store may give one of another realm.
  const isBuffer = Object.prototype.toString.call(given) === '[object ArrayBuffer]'
  const value: unknown = isBuffer ? new Uint8Array(given as ArrayBuffer) : given
  const isSmall = Number(Object(value).length) <= MAXIMUM_LENGTH
  if (!isSmall) return undefined
  if (typeof value === 'string') return value
  return isBytes(value) ? new TextDecoder().decode(value) : undefined
}

function keysOf(storeKey: StoreKey): readonly globalThis.CryptoKey[] {
  return [storeKey].flat().filter((key) => key !== 'unsealed') as globalThis.CryptoKey[]
}

function parameters(iv: Bytes, entryKey: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8ToBytes(entryKey) }
}

function isAesKey(key: unknown): boolean {
  const { algorithm, usages } = (key ?? {}) as Partial<globalThis.CryptoKey>
  const given = [usages].flat()
  const isUsable = given.includes('encrypt') && given.includes('decrypt')
  return algorithm?.name === 'AES-GCM' && isUsable
}
