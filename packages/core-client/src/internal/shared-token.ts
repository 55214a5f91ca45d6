/**
 * What a fleet shares of a token: the token itself in a sealed entry of the store, the pause after a sign-in
 * that failed, and the lock under which one member renews.
 */
import { parseJsonObject } from './response-body.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import {
  isCount,
  openSharedPause,
  type SharedPause,
  type SharedPauseOptions,
} from './shared-pause.ts'
import {
  entryKey,
  openSharedEntry,
  type SharedEntry,
  type StoreOperation,
  underLock,
} from './store.ts'

/** A token as the store keeps it. */
export interface StoredToken<T> {
  readonly value: T
  /** Counts renewals, so that no older token takes a newer one's place whatever the clocks say. */
  readonly generation: number
}

/** What is shared; where nothing is, reading gives nothing and writing does nothing. */
export interface SharedToken<T> {
  readonly isShared: boolean
  read(signal: PlatformAbortSignal): Promise<StoredToken<T> | undefined>
  write(token: StoredToken<T>): Promise<void>
  /** The generation after all that were seen. */
  nextGeneration(held: StoredToken<T> | undefined): number
  /** The pause after a sign-in that failed. */
  readonly pause: SharedPause
  /** Runs work while no other renews. */
  exclusively(work: () => Promise<void>, signal: PlatformAbortSignal): Promise<void>
}

/** How a token is shared. */
export interface SharedTokenOptions<T> extends SharedPauseOptions {
  readonly serialize: (token: T) => string
  readonly deserialize: (text: string) => T | undefined
  readonly timeoutMs: number
  readonly onEvent: (
    event:
      | { readonly type: 'store-failed'; readonly operation: StoreOperation }
      | { readonly type: 'lock-failed' },
  ) => void
}

/**
 * The longest wait for a store and for a lock, in milliseconds. Of the client's own time limit they take a
 * quarter and a half at most, so that time is left to sign in where they hang.
 */
const STORE_WAIT_MS = 5000
const LOCK_WAIT_MS = 30_000
/** No token's life is told in more than nine digits of seconds. */
const LONGEST_LIFE_MS = 1e12

/** Opens what is shared. Nothing is read before it is asked for. */
export function openSharedToken<T extends { readonly expiresAtMs: number }>(
  options: SharedTokenOptions<T>,
): SharedToken<T> {
  const { lock, now, onEvent, packageName, identity, timeoutMs } = options
  const isShared = options.store !== undefined
  const storeWaitMs = Math.min(STORE_WAIT_MS, timeoutMs / 4)
  let entry: Promise<Entry> | undefined
  let seenGeneration = 0
  /** True while the store cannot be read: then it is not waited for a second time. */
  let isDown = false
  /** True once it was told that the entry is no token of ours. */
  let isForeignTold = false

  const open = () => {
    entry ??= openEntry()
    return entry
  }

  const tell: typeof onEvent = (event) => {
    // What fails to open or to be written is no sign that the next read would hang.
    isDown = event.type === 'store-failed' && event.operation === 'read'
    onEvent(event)
  }

  async function openEntry(): Promise<Entry> {
    const key = await entryKey(packageName, identity)
    return {
      key,
      token: openSharedEntry({ ...options, timeoutMs: storeWaitMs, key, onEvent: tell }),
    }
  }

  const pause = openSharedPause({ ...options, timeoutMs: storeWaitMs, isDown: () => isDown })

  return {
    isShared,
    pause,
    async read(signal) {
      isDown = false
      const text = await (await open()).token?.read(signal)
      const stored = text === undefined ? undefined : readStored(text, options)
      // It opened, and is none all the same: of another version, or written by somebody else.
      const isForeign = text !== undefined && !stored
      if (isForeign && !isForeignTold) onEvent({ type: 'store-failed', operation: 'open' })
      isForeignTold = isForeign
      seenGeneration = Math.max(seenGeneration, stored?.generation ?? 0)
      return stored
    },
    async write({ value, generation }) {
      const { token } = await open()
      const text = JSON.stringify({ generation, token: options.serialize(value) })
      await token?.write(text, value.expiresAtMs - now())
      // Where a token is, sign-in works again, for the whole fleet.
      await pause.end()
    },
    nextGeneration: (held) => Math.max(seenGeneration, held?.generation ?? 0) + 1,
    async exclusively(work, signal) {
      const { key: lockName } = await open()
      const waitMs = Math.min(LOCK_WAIT_MS, timeoutMs / 2)
      const onFailure = () => onEvent({ type: 'lock-failed' })
      await underLock(lock, lockName, work, { signal, onFailure, waitMs })
    },
  }
}

interface Entry {
  readonly key: string
  readonly token: SharedEntry | undefined
}

function readStored<T extends { readonly expiresAtMs: number }>(
  text: string,
  { deserialize, now }: Pick<SharedTokenOptions<T>, 'deserialize' | 'now'>,
): StoredToken<T> | undefined {
  const { generation, token } = parseJsonObject(text) ?? {}
  // Past the whole numbers there is no next one.
  if (typeof token !== 'string' || !isCount(generation) || generation > 2 ** 50) return undefined
  try {
    const value = deserialize(token)
    // No token of ours lives so long, whoever wrote this one: it would be kept for ever.
    const isOurs = value && value.expiresAtMs - now() < LONGEST_LIFE_MS
    return isOurs ? { value, generation } : undefined
  } catch {
    // What does not decode is no token.
    return undefined
  }
}
