/**
 * One sealed entry of a store, read and written so that a store that is down, slow or full never
 * fails a request: it is reported, and the process goes on by itself.
 */
import { withDeadline } from './deadline.ts'
import { type StoreKey, seal, unseal } from './sealing.ts'
import type { TokenStore } from './store.ts'

/** An operation on the store that failed, as told to `onFailure`. */
export type StoreOperation = 'read' | 'write'

/** One entry of a store. */
export interface SharedEntry {
  /** The text kept, or undefined where there is none that opens. */
  read(): Promise<string | undefined>
  /** Keeps a text for `lifetimeMs` milliseconds. */
  write(text: string, lifetimeMs: number): Promise<void>
}

/** Opens the entry `key` of a store; failures are told to `onEvent`. */
export function openSharedEntry(options: {
  readonly store?: TokenStore | undefined
  readonly storeKey?: StoreKey | undefined
  readonly key: string
  readonly onEvent: (event: { type: 'store-failed'; operation: StoreOperation }) => void
  /** Milliseconds to wait for one operation. */
  readonly timeoutMs: number
}): SharedEntry | undefined {
  const { store, storeKey, key, onEvent, timeoutMs } = options
  if (!store || !storeKey) return undefined
  const guarded = <T>(operation: StoreOperation, work: () => Promise<T>) =>
    withDeadline({ timeoutMs, raise: Error }, work).catch(() => {
      // The exception may quote the entry; that it failed is all there is to tell.
      onEvent({ type: 'store-failed', operation })
      return undefined
    })
  return {
    read: () => guarded('read', async () => unseal(await store.getItem(key), key, storeKey)),
    write: async (text, lifetimeMs) => {
      const ttl = Math.floor(lifetimeMs / 1000)
      if (ttl < 1) return
      await guarded('write', async () => {
        await store.setItem(key, await seal(text, key, storeKey), { ttl })
      })
    },
  }
}
