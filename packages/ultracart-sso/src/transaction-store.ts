/**
 * A transaction store for servers: the browser's cookie holds a random number, the transaction is
 * taken out of the store once, atomically.
 */
import { optionalFunction, requireOptions } from '@isoauth/core-client'
import { isText } from './internal/forms.ts'
import { raise, refuse } from './internal/raise.ts'
import { checkTransaction, randomState, type UltraCartTransaction } from './login-transaction.ts'
import {
  checkCookieName,
  loginUnknown,
  readCookie,
  secondsLeft,
  setCookie,
  type TransactionKeeper,
} from './transaction-keeper.ts'

/**
 * What keeps the entries. Both may be synchronous or not; what they throw passes unchanged.
 */
export interface TransactionBackend {
  /** Keeps a value for `ttl` whole seconds. */
  setItem(key: string, value: string, options: { readonly ttl: number }): unknown
  /**
   * Gives a value and removes it in one step, so that of two callers one gets it: `GETDEL` of Redis,
   * `DELETE … RETURNING` of SQL, a method of a Durable Object. Null or undefined where there is none.
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
  requireOptions(raise, options)
  const now = optionalFunction(raise, 'now', options.now) ?? Date.now
  const name = checkCookieName(options.cookieName)
  const backend = checkBackend(options.backend) ?? createMemory(checkLimit(options.maxEntries), now)
  return {
    clear: setCookie(name, '', 0),
    async keep(transaction) {
      const { stateDigest, redirectUri, expiresAtMs } = checkTransaction(transaction)
      const id = randomState()
      const ttl = secondsLeft(transaction, now())
      await backend.setItem(keyOf(id), JSON.stringify({ stateDigest, redirectUri, expiresAtMs }), {
        ttl,
      })
      return setCookie(name, id, ttl)
    },
    async take(cookieHeader) {
      const id = readCookie(cookieHeader, name)
      const value = id === undefined ? undefined : await backend.takeItem(keyOf(id))
      return parseTransaction(value) ?? raiseUnknown()
    },
  }
}

/** Reads a kept transaction; undefined for anything else. */
export function parseTransaction(value: unknown): UltraCartTransaction | undefined {
  try {
    // Some stores parse what they keep.
    return checkTransaction(isText(value) ? JSON.parse(value) : value)
  } catch {
    return undefined
  }
}

/** Throws where no transaction is found. */
export function raiseUnknown(): never {
  throw loginUnknown()
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

function checkBackend(backend: unknown): TransactionBackend | undefined {
  if (backend === undefined) return undefined
  const { setItem, takeItem } = Object(backend)
  if (typeof setItem === 'function' && typeof takeItem === 'function') {
    return backend as TransactionBackend
  }
  return refuse('backend', 'an object with setItem and takeItem')
}

function checkLimit(maxEntries: unknown): number {
  if (maxEntries === undefined) return 10_000
  if (Number.isInteger(maxEntries) && (maxEntries as number) > 0) return maxEntries as number
  return refuse('maxEntries', 'a whole number above 0')
}
