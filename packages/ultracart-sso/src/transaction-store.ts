/**
 * A transaction store for servers: the browser's cookie holds a random number, the transaction is
 * taken out of the store once, atomically.
 */
import { createOptionReader, type OptionReader, readNow } from '@isoauth/core-client'
import { newError } from './internal/errors.ts'
import { randomState } from './internal/login-transaction.ts'
import {
  checkCookieName,
  createKeeper,
  type TransactionKeeper,
} from './internal/transaction-keeper.ts'

/**
 * What keeps the entries. Both may be synchronous or not; what they throw passes unchanged.
 */
export interface TransactionBackend {
  /** Keeps a value for `ttl` whole seconds. */
  setItem(key: string, value: string, options: { readonly ttl: number }): unknown
  /**
   * Gives a value and removes it in one step, so that of two callers one gets it: `GETDEL` of Redis,
   * `DELETE … RETURNING` of SQL, a method of a Durable Object. It gives the text that was set, not the
   * row or entry that holds it, and null or undefined where there is none.
   */
  takeItem(key: string): unknown
}

/** The options of {@link createTransactionStore}. */
export interface TransactionStoreOptions {
  /** Default: this process's memory, bounded; for one process only. */
  readonly backend?: TransactionBackend | undefined
  /** Of the memory: logins under way at most; past it the oldest is dropped. Default: 10000. */
  readonly maxEntries?: number | undefined
  /** Must begin with `__Host-`. Default: `__Host-ultracart-login`. */
  readonly cookieName?: string | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Makes a store.
 *
 * @throws `UltraCartSsoError` `ULTRACART_SSO_OPTION_INVALID` with the field `option`
 *
 * Security: the cookie's value is 256 random bits. The memory is bounded, so whoever starts more
 * logins than it holds pushes out those of others: limit the rate of your start route.
 *
 * @example
 * ```ts
 * const keeper = createTransactionStore({
 *   backend: {
 *     setItem: (key, value, { ttl }) => redis.set(key, value, { EX: ttl }),
 *     takeItem: (key) => redis.getDel(key),
 *   },
 * })
 * ```
 */
export function createTransactionStore(options: TransactionStoreOptions = {}): TransactionKeeper {
  const read = createOptionReader(options, newError)
  const now = readNow(read)
  const cookieName = checkCookieName(read.value('cookieName'))
  const maxEntries = readLimit(read)
  const backend = readBackend(read) ?? createMemory(maxEntries, now)
  return createKeeper({
    cookieName,
    now,
    sharedBy: 'backend',
    async put(text, ttl) {
      const id = randomState()
      await backend.setItem(keyOf(id), text, { ttl })
      return id
    },
    take: (id) => backend.takeItem(keyOf(id)),
  })
}

function keyOf(id: string): string {
  return `isoauth:ultracart-sso:${id}`
}

function createMemory(maxEntries: number, now: () => number): TransactionBackend {
  const entries = new Map<string, { readonly value: string; readonly endMs: number }>()
  return {
    setItem(key, value, { ttl }) {
      const nowMs = now()
      if (entries.size >= maxEntries) {
        for (const [old, { endMs }] of entries) if (endMs <= nowMs) entries.delete(old)
      }
      const [oldest] = entries.keys()
      if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest)
      entries.set(key, { value, endMs: nowMs + ttl * 1000 })
    },
    takeItem(key) {
      const entry = entries.get(key)
      entries.delete(key)
      return entry !== undefined && now() < entry.endMs ? entry.value : undefined
    },
  }
}

function readBackend(read: OptionReader<TransactionStoreOptions>): TransactionBackend | undefined {
  const backend = read.value('backend')
  if (backend === undefined) return undefined
  const isRight = typeof backend?.setItem === 'function' && typeof backend.takeItem === 'function'
  return isRight ? backend : read.refuse('backend', 'an object with setItem and takeItem')
}

function readLimit(read: OptionReader<TransactionStoreOptions>): number {
  const maxEntries = read.value('maxEntries')
  if (maxEntries === undefined) return 10_000
  const isRight = Number.isInteger(maxEntries) && maxEntries > 0
  return isRight ? maxEntries : read.refuse('maxEntries', 'a whole number above 0')
}
