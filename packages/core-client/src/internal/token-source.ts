/**
 * A token that is kept and renewed: from memory, else from where it is shared, else by one renewal,
 * for all callers together.
 */
import { withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import { attemptOf, createHoldBack } from './hold-back.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import type { Credentials } from './shared-pause.ts'
import { openSharedToken, type StoredToken } from './shared-token.ts'
import { createSingleFlight } from './single-flight.ts'
import type { SharingOptions, StoreOperation } from './store.ts'

/** What every token kept here tells of itself. */
export interface Renewable {
  /** When it ends, in milliseconds since 1970 on this machine's clock. */
  readonly expiresAtMs: number
  /** When it was asked for, in milliseconds since 1970 on this machine's clock. */
  readonly obtainedAtMs: number
}

type Inspect = (value: object, options: object) => string

/** Node's inspection calls getters too when it is told to: it is given a token's own fields, under its name. */
export function showFieldsAlone(token: object): void {
  const value = (_depth: number, options: object, inspect: Inspect) =>
    `${token.constructor.name} ${inspect({ ...token }, options)}`
  Object.defineProperty(token, Symbol.for('nodejs.util.inspect.custom'), { value })
}

/** What went wrong without failing a request, or what was renewed. */
export type TokenSourceEvent =
  | { readonly type: 'renewed'; readonly expiresAtMs: number }
  | { readonly type: 'early-renewal-failed'; readonly expiresAtMs: number }
  | { readonly type: 'store-failed'; readonly operation: StoreOperation }
  | { readonly type: 'lock-failed' }
  /** Sign-in failed and is held back: until `untilMs` its error is answered from memory. */
  | { readonly type: 'held-back'; readonly code: string; readonly untilMs: number }

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
  readonly newError: NewError
  /** Milliseconds that one caller waits for a token. */
  readonly timeoutMs: number
  /** The package and what tells one token from another, for the entry's name. */
  readonly packageName: string
  readonly identity: readonly string[]
  /**
   * What tells the credentials that sign in from others of the same identity, so that mended ones are
   * tried at once although a fleet holds back. Asked where there is a store, and hashed. Default: nothing.
   */
  readonly credentials?: Credentials | undefined
  /** Milliseconds since 1970 on this machine's clock. */
  readonly now: () => number
  readonly onEvent: (event: TokenSourceEvent) => void
  /** Keeps a runtime that ends with its request alive until a renewal is done. */
  readonly waitUntil?: WaitUntil | undefined
  /**
   * A token is renewed this many milliseconds before its end, or in the last tenth of its life where
   * that is later. Default: 600000.
   */
  readonly earlyMs?: number | undefined
}

/** `ctx.waitUntil` of Workers and the like. */
export type WaitUntil = (promise: Promise<unknown>) => void

/** What is asked of a token source. */
export interface TokenRequest<Mark> {
  readonly signal?: PlatformAbortSignal | undefined
  readonly replacing?: Mark | undefined
  /** True where a person or program asks for an attempt although sign-in is held back. */
  readonly isInsisting?: boolean | undefined
}

/** Gives the current token. */
export interface TokenSource<T, Mark> {
  /**
   * @param request.replacing - the token that failed; the same one comes back while it is younger
   *   than a minute, since a service that refuses a fresh token refuses for another reason
   * @throws `…_TIMEOUT`; the failure of the renewal, also from memory while sign-in is held back
   */
  get(request?: TokenRequest<Mark>): Promise<T>
}

/** A token that failed is not replaced before it is this old, in milliseconds. */
const MINIMUM_AGE_MS = 60_000
/** The default of `earlyMs`. */
const EARLY_MS = 600_000
/** Past this time under a lock its lease may have run out, in milliseconds: usual ones last five seconds. */
const LEASE_DOUBT_MS = 3000

/** Makes a token source. Nothing is sent or read before the first {@link TokenSource.get}. */
export function createTokenSource<T extends Renewable, Mark>(
  options: TokenSourceOptions<T, Mark>,
): TokenSource<T, Mark> {
  const { now, onEvent, newError, timeoutMs, earlyMs = EARLY_MS } = options
  const fly = createSingleFlight<T>()
  const shared = openSharedToken(options)
  const hold = createHoldBack(now)
  let current: StoredToken<T> | undefined
  let quietUntilMs = 0

  const isOver = (token: T) => now() >= token.expiresAtMs

  const isRefused = (token: T, replacing: Mark | undefined) =>
    replacing !== undefined && options.matches(token, replacing)

  const isUsable = (token: T, replacing: Mark | undefined) => {
    if (isOver(token)) return false
    const { expiresAtMs, obtainedAtMs } = token
    const ageMs = now() - obtainedAtMs
    // An age below zero is that of a clock that was set back: it proves no youth.
    if (isRefused(token, replacing)) return ageMs >= 0 && ageMs < MINIMUM_AGE_MS
    const earlyFromMs = expiresAtMs - Math.min(earlyMs, (expiresAtMs - obtainedAtMs) / 10)
    return now() < Math.max(earlyFromMs, quietUntilMs)
  }

  const adopt = (token: StoredToken<T>) => {
    // Two members that could not see each other count alike: only the tokens tell.
    const isRenewal =
      current !== undefined && options.serialize(current.value) !== options.serialize(token.value)
    current = token
    hold.end()
    if (isRenewal) onEvent({ type: 'renewed', expiresAtMs: token.value.expiresAtMs })
    return token.value
  }

  /** The stored token, where it is of use and nothing that is held is newer. */
  const readShared = async (replacing: Mark | undefined, signal: PlatformAbortSignal) => {
    const found = await shared.read(signal)
    if (!found || found.generation < (current?.generation ?? 0)) return undefined
    return isUsable(found.value, replacing) ? found : undefined
  }

  /** An early renewal that failed leaves a token that still works; it is asked for again later. */
  const keepOrThrow = (error: unknown, replacing: Mark | undefined): T => {
    const held = current?.value
    if (!held || isOver(held) || isRefused(held, replacing)) throw error
    quietUntilMs = Math.max(now() + MINIMUM_AGE_MS, hold.current()?.untilMs ?? 0)
    onEvent({ type: 'early-renewal-failed', expiresAtMs: held.expiresAtMs })
    return held
  }

  /** After a failure others are spared the attempt for a while. */
  const holdBack = (error: unknown): void => {
    const pause = hold.begin(error)
    if (pause) onEvent({ type: 'held-back', code: pause.error.code, untilMs: pause.untilMs })
  }

  /** Renews under the lock; what comes of it is told by `deliver` before it is written for others. */
  async function renew(
    request: TokenRequest<Mark>,
    signal: PlatformAbortSignal,
    deliver: (token: T) => void,
  ): Promise<void> {
    // Another member may have renewed, or failed, while this one waited for the lock.
    const { replacing } = request
    const found = await readShared(replacing, signal)
    if (found) return deliver(adopt(found))
    await heedPause(request, signal)

    const startedMs = now()
    let renewed: T
    try {
      const attempt = () => options.renew(signal)
      renewed = await attemptOf(attempt, { signal, newError, onFailure: holdBack })
    } catch (error) {
      const pause = hold.current()
      // Before the lock is given back, or the next member would try.
      if (pause) await shared.pause.write(pause)
      throw error
    }
    // The lease may have run out meanwhile; the service honours the last token it gave.
    const other =
      now() - startedMs > LEASE_DOUBT_MS
        ? // A token that is there already is not lost because its callers have left.
          await readShared(replacing, signal).catch(() => undefined)
        : undefined
    if (other && other.value.obtainedAtMs > renewed.obtainedAtMs) return deliver(adopt(other))
    const stored = { value: renewed, generation: shared.nextGeneration(current) }
    deliver(adopt(stored))
    await shared.write(stored)
  }

  /** Rejects while sign-in is held back, here or by another member, unless the caller insists. */
  async function heedPause(
    { isInsisting }: TokenRequest<Mark>,
    signal: PlatformAbortSignal,
  ): Promise<void> {
    const pause = await shared.pause.read(signal)
    if (pause) hold.join(pause)
    if (isInsisting) hold.lift()
    const { error } = hold.current() ?? {}
    if (error) throw error
    await shared.pause.claim(timeoutMs)
  }

  function obtain(request: TokenRequest<Mark>, signal: PlatformAbortSignal): Promise<T> {
    const { replacing, isInsisting } = request
    return new Promise<T>((deliver, reject) => {
      const work = async () => {
        if (replacing !== undefined) {
          // What the store holds costs no login: first of all a member may have renewed.
          const found = await readShared(replacing, signal)
          if (found && !isRefused(found.value, replacing)) return deliver(adopt(found))
          const held = current?.value
          if (held && isUsable(held, replacing)) return deliver(held)
        }
        if (isInsisting) hold.lift()
        const { error } = hold.current() ?? {}
        if (error) {
          // Another member may have succeeded meanwhile.
          const found = await readShared(replacing, signal)
          if (found && !isRefused(found.value, replacing)) return deliver(adopt(found))
          throw error
        }
        await shared.exclusively(() => renew(request, signal, deliver), signal)
      }
      const done = work().catch((error: unknown) => {
        if (signal.aborted) throw error
        deliver(keepOrThrow(error, replacing))
      })
      done.catch(reject)
      options.waitUntil?.(done.catch(() => {}))
    })
  }

  return {
    async get(request = {}) {
      const { signal, replacing } = request
      signal?.throwIfAborted()
      const held = current?.value
      if (held && isUsable(held, replacing)) {
        if (!shared.isShared || !isRefused(held, replacing)) return held
      }
      return withDeadline({ timeoutMs, signal, newError }, async (deadline) => {
        const work = (flightSignal: PlatformAbortSignal) => obtain(request, flightSignal)
        const token = await fly(work, deadline)
        // A flight that began for another reason may have found the very token that failed.
        const isFound = isRefused(token, replacing) && !isUsable(token, replacing)
        return isFound ? fly(work, deadline) : token
      })
    },
  }
}
