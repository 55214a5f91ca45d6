/**
 * A token that is kept and renewed: from memory, else from where it is shared, else by one renewal,
 * for all callers together.
 */
import { abortable } from './deadline.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import {
  entryKey,
  openSharedEntry,
  type SharingOptions,
  type StoreOperation,
  underLock,
} from './store.ts'

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

/** How a token becomes text for a store, and how one is told that a caller wants replaced. */
export interface TokenKind<T extends Renewable, Mark> {
  /** Tells whether a token is the one a caller wants replaced. */
  readonly matches: (token: T, replacing: Mark) => boolean
  readonly serialize: (token: T) => string
  /** Undefined for a text that is no token. */
  readonly deserialize: (text: string) => T | undefined
}

/** How a token source works. */
export interface TokenSourceOptions<T extends Renewable, Mark>
  extends TokenKind<T, Mark>,
    SharingOptions {
  /** Obtains a new token from the service. */
  readonly renew: (signal: PlatformAbortSignal) => Promise<T>
  /** The package and what tells one token from another, for the entry's name. */
  readonly packageName: string
  readonly identity: readonly string[]
  /** Milliseconds since 1970 on this machine's clock. */
  readonly now: () => number
  readonly onEvent: (event: TokenSourceEvent) => void
  /**
   * A token is renewed this many milliseconds before its end, or in the last tenth of its life where
   * that is later. Default: 600000.
   */
  readonly earlyMs?: number | undefined
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
/** The default of `earlyMs`. */
const EARLY_MS = 600_000
/** Past this time under a lock its lease may have run out, in milliseconds. */
const LEASE_DOUBT_MS = 10_000

/** Makes a token source. Nothing is sent or read before the first {@link TokenSource.get}. */
export function createTokenSource<T extends Renewable, Mark>(
  options: TokenSourceOptions<T, Mark>,
): TokenSource<T, Mark> {
  const { now, onEvent, earlyMs = EARLY_MS } = options
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
      : Math.max(expiresAtMs - Math.min(earlyMs, (expiresAtMs - obtainedAtMs) / 10), quietUntilMs)
    return now() < untilMs
  }

  async function obtain(replacing: Mark | undefined, signal: AbortSignal): Promise<T> {
    const shared = await openShared(options)
    const renew = async (): Promise<T> => {
      // Another member may have renewed while this one waited for the lock.
      const found = await shared.read()
      if (usable(found, replacing)) return adopt(found)
      const startedMs = now()
      const renewed = await options.renew(signal)
      // The lease may have run out meanwhile; the service honours the last token it gave.
      const other = now() - startedMs > LEASE_DOUBT_MS ? await shared.read() : undefined
      if (usable(other, replacing) && other.obtainedAtMs > renewed.obtainedAtMs) return adopt(other)
      adopt(renewed)
      await shared.write(renewed)
      return renewed
    }
    try {
      return await shared.exclusively(renew, signal)
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

/** Joins the work under way or starts it. */
export type SingleFlight<T> = (
  work: (signal: PlatformAbortSignal) => Promise<T>,
  signal?: PlatformAbortSignal | undefined,
) => Promise<T>

/**
 * Makes a single flight. A caller whose signal aborts is rejected at once with the signal's reason
 * and harms no other; the work itself is aborted only when its last caller has left.
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  let flight: { promise: Promise<T>; waiting: number; controller: AbortController } | undefined

  return async (work, signal) => {
    signal?.throwIfAborted()
    if (!flight) {
      const controller = new AbortController()
      const promise = work(controller.signal).finally(() => {
        if (flight?.promise === promise) flight = undefined
      })
      flight = { promise, waiting: 0, controller }
    }
    const joined = flight
    joined.waiting++
    try {
      return await abortable(joined.promise, signal)
    } finally {
      joined.waiting--
      if (!joined.waiting && signal?.aborted) {
        if (flight === joined) flight = undefined
        joined.controller.abort(signal.reason)
      }
    }
  }
}

/** Where a token is shared with other processes, if it is. */
interface SharedToken<T> {
  /** The token kept there, or undefined where there is none. */
  read(): Promise<T | undefined>
  write(token: T): Promise<void>
  /** Runs work while no other renews. */
  exclusively(work: () => Promise<T>, signal: PlatformAbortSignal): Promise<T>
}

async function openShared<T extends Renewable, Mark>(
  options: TokenSourceOptions<T, Mark>,
): Promise<SharedToken<T>> {
  const { store, storeKey, lock, now, onEvent } = options
  const key = await entryKey(options.packageName, options.identity)
  const entry = openSharedEntry({ store, storeKey, key, onEvent })
  return {
    async read() {
      const text = await entry?.read()
      return text ? options.deserialize(text) : undefined
    },
    async write(token) {
      await entry?.write(options.serialize(token), token.expiresAtMs - now())
    },
    exclusively: (work, signal) =>
      underLock(lock, key, work, { signal, onFailure: () => onEvent({ type: 'lock-failed' }) }),
  }
}
