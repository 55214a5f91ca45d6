/**
 * A token that is kept, shared and renewed: from memory, else from the store, else by one renewal
 * under the lock, for all callers together.
 */
import { underLock } from './renewal-lock.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import { openSharedEntry, type StoreOperation } from './shared-entry.ts'
import { createSingleFlight } from './single-flight.ts'
import { entryKey, type SharingOptions } from './store.ts'

/** What every token kept here tells of itself. */
export interface Renewable {
  /** When it ends, in milliseconds since 1970 on this machine's clock. */
  readonly expiresAtMs: number
  /** When it was obtained, in milliseconds since 1970 on this machine's clock. */
  readonly obtainedAtMs: number
}

/** What went wrong without failing a request, or what was renewed. */
export type TokenSourceEvent =
  | { readonly type: 'renewed'; readonly expiresAtMs: number }
  | { readonly type: 'early-renewal-failed'; readonly expiresAtMs: number }
  | { readonly type: 'store-failed'; readonly operation: StoreOperation }
  | { readonly type: 'lock-failed' }

/** How a token source works. */
export interface TokenSourceOptions<T extends Renewable, Mark> extends SharingOptions {
  /** Obtains a new token from the service. */
  readonly renew: (signal: PlatformAbortSignal) => Promise<T>
  /** Tells whether a token is the one a caller wants replaced. */
  readonly matches: (token: T, replacing: Mark) => boolean
  /** To and from the text kept in the store; undefined for a text that is no token. */
  readonly serialize: (token: T) => string
  readonly deserialize: (text: string) => T | undefined
  /** The package and what tells one token from another, for the entry's name. */
  readonly packageName: string
  readonly identity: readonly string[]
  /** Milliseconds since 1970 on this machine's clock. */
  readonly now: () => number
  readonly onEvent: (event: TokenSourceEvent) => void
}

/** Gives the current token. */
export interface TokenSource<T, Mark> {
  /**
   * @param options.replacing - the token that failed; the same one comes back while it is younger
   *   than a minute, since a service that refuses a fresh token refuses for another reason
   */
  get(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: Mark | undefined
  }): Promise<T>
}

/** A token that failed is not replaced before it is this old, in milliseconds. */
const MINIMUM_AGE_MS = 60_000
/** A token is renewed this long before its end, in milliseconds, or in the last tenth of its life. */
const EARLY_MS = 600_000
/** The store is given this long for one operation, in milliseconds. */
const STORE_TIMEOUT_MS = 5000
/** Past this time under a lock its lease may have run out, in milliseconds. */
const LEASE_DOUBT_MS = 10_000

/** Makes a token source. Nothing is sent or read before the first {@link TokenSource.get}. */
export function createTokenSource<T extends Renewable, Mark>(
  options: TokenSourceOptions<T, Mark>,
): TokenSource<T, Mark> {
  const { now, onEvent, lock } = options
  const fly = createSingleFlight<T>()
  let current: T | undefined
  let quietUntilMs = 0

  const isOver = (token: T) => now() >= token.expiresAtMs

  const isRefused = (token: T, replacing: Mark | undefined) =>
    replacing !== undefined && options.matches(token, replacing)

  const usable = (token: T | undefined, replacing: Mark | undefined): token is T => {
    if (!token || isOver(token)) return false
    const { expiresAtMs, obtainedAtMs } = token
    const untilMs = isRefused(token, replacing)
      ? obtainedAtMs + MINIMUM_AGE_MS
      : Math.max(expiresAtMs - Math.min(EARLY_MS, (expiresAtMs - obtainedAtMs) / 10), quietUntilMs)
    return now() < untilMs
  }

  async function obtain(replacing: Mark | undefined, signal: AbortSignal): Promise<T> {
    const name = await entryKey(options.packageName, options.identity)
    const entry = openSharedEntry({ ...options, key: name, timeoutMs: STORE_TIMEOUT_MS })
    const readEntry = async () => {
      const text = await entry?.read()
      return text ? options.deserialize(text) : undefined
    }
    const renew = async (): Promise<T> => {
      // Another member may have renewed while this one waited for the lock.
      const found = await readEntry()
      if (usable(found, replacing)) return adopt(found)
      const startedMs = now()
      const renewed = await options.renew(signal)
      // The lease may have run out meanwhile; the service honours the last token it gave.
      const other = now() - startedMs > LEASE_DOUBT_MS ? await readEntry() : undefined
      if (usable(other, replacing) && other.obtainedAtMs > renewed.obtainedAtMs) return adopt(other)
      adopt(renewed)
      await entry?.write(options.serialize(renewed), renewed.expiresAtMs - now())
      return renewed
    }
    const found = lock && (await readEntry())
    if (usable(found, replacing)) return adopt(found)
    const onFailure = () => onEvent({ type: 'lock-failed' })
    try {
      return await underLock(lock, name, renew, { signal, onFailure })
    } catch (error) {
      if (signal.aborted || !current || isOver(current) || isRefused(current, replacing)) {
        throw error
      }
      // An early renewal that failed leaves a token that still works; ask again in a minute.
      quietUntilMs = now() + MINIMUM_AGE_MS
      onEvent({ type: 'early-renewal-failed', expiresAtMs: current.expiresAtMs })
      return current
    }
  }

  const adopt = (token: T) => {
    const isRenewal = current !== undefined && current.obtainedAtMs !== token.obtainedAtMs
    current = token
    if (isRenewal) onEvent({ type: 'renewed', expiresAtMs: token.expiresAtMs })
    return token
  }

  return {
    async get({ signal, replacing } = {}) {
      signal?.throwIfAborted()
      if (usable(current, replacing)) return current
      const work = (flightSignal: AbortSignal) => obtain(replacing, flightSignal)
      const token = await fly(work, signal)
      // A flight that began for another reason may have found the very token that failed.
      return usable(token, replacing) ? token : fly(work, signal)
    },
  }
}
