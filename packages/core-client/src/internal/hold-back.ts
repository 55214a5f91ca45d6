/**
 * Holding sign-in back after it failed. A program that asks again at once would send one login a second,
 * for which services block addresses; so the last failure is answered from memory until another attempt is
 * due.
 */
import { CodedError } from '@isoauth/core-crypto'
import type { NewError } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** Why and until when sign-in is held back. */
export interface Pause {
  /** The failure that is answered meanwhile; its message says until when. */
  readonly error: CodedError
  /** When the pause began and when it ends, in milliseconds since 1970 on this machine's clock. */
  readonly sinceMs: number
  readonly untilMs: number
  /** How many attempts have failed in a row. */
  readonly failures: number
}

/** Holds sign-in back. */
export interface HoldBack {
  /** The pause that lasts now, if one does. */
  current(): Pause | undefined
  /** Begins a pause after a failure, where it is one of sign-in; gives the pause. */
  begin(error: unknown): Pause | undefined
  /** Takes over a pause that another member of a fleet began. */
  join(pause: Pause): void
  /** Ends the pause, since the caller asks for an attempt; if that fails too, the next pause is the longer one. */
  lift(): void
  /** Ends the pause: sign-in succeeded. */
  end(): void
}

/** Pauses after a sign-in that was refused, and after what may pass; each is twice the one before, up to a limit. */
const REFUSED = { firstMs: 30_000, limitMs: 600_000 }
const PASSING = { firstMs: 1000, limitMs: 60_000 }
/** A longer `Retry-After` is not believed. */
export const RETRY_AFTER_LIMIT_MS: number = 3_600_000

/** Makes a hold. It begins without a pause. */
export function createHoldBack(now: () => number): HoldBack {
  let pause: Pause | undefined
  let failures = 0

  const current = () => {
    // A clock that was set back would make the pause longer than it was meant to be.
    const isOver = pause && (now() >= pause.untilMs || now() < pause.sinceMs)
    return isOver ? undefined : pause
  }

  return {
    current,
    begin(error) {
      if (!(error instanceof CodedError) || !isOfSignIn(error)) return undefined
      // Of attempts under way at once that fail together, one counts.
      const held = current()
      if (!held) failures++
      const sinceMs = held?.sinceMs ?? now()
      const endMs = error.nextAttemptAtMs ?? now() + pauseMs(error, failures)
      const untilMs = Math.max(endMs, held?.untilMs ?? 0)
      pause = { error: announced(error, untilMs), sinceMs, untilMs, failures }
      return pause
    },
    join(other) {
      pause = other
      failures = other.failures
    },
    lift() {
      pause = undefined
    },
    end() {
      pause = undefined
      failures = 0
    },
  }
}

/**
 * What made an attempt fail: the work itself, or what ended it. A time limit of the caller's own
 * (`AbortSignal.timeout`) tells the same of the service as one of the client's: a program that sets one for
 * each call would else send a login with each. A caller who just leaves tells nothing.
 */
function failureOf(error: unknown, signal: PlatformAbortSignal, newError: NewError): unknown {
  if (!signal.aborted) return error
  const { reason } = signal
  if ((reason as { readonly name?: unknown } | undefined)?.name !== 'TimeoutError') return reason
  return newError('TIMEOUT', 'The service did not answer within the time limit of the signal.')
}

/**
 * Makes an attempt, and tells what made it fail: at once where the signal ends it, so that whoever is told of a time limit
 * that passed is told of the pause too.
 */
export async function attemptOf<T>(
  work: () => Promise<T>,
  options: {
    readonly signal: PlatformAbortSignal
    readonly newError: NewError
    /** Called once for an attempt that failed. */
    readonly onFailure: (failure: unknown) => void
  },
): Promise<T> {
  const { signal, newError, onFailure } = options
  let isTold = false
  const tell = (error?: unknown) => {
    if (isTold) return
    isTold = true
    onFailure(failureOf(error, signal, newError))
  }
  const onAbort = () => {
    try {
      tell()
    } catch {
      // A clock of the caller's that fails; out of a listener it would end the program.
    }
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work()
  } catch (error) {
    tell(error)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** What the text of a failure says of the pause: between these two stands its end. */
const HELD_UNTIL = ' Sign-in is held back until '
const FROM_MEMORY =
  ', since repeated logins are punished; until then this error is given from memory.'

/** The text of a failure without what it says of the pause, for whoever has no memory to give it from. */
export function withoutHoldBack(message: string): string {
  const start = message.indexOf(HELD_UNTIL)
  const end = message.indexOf(FROM_MEMORY, start)
  if (start < 0 || end < 0) return message
  return message.slice(0, start) + message.slice(end + FROM_MEMORY.length)
}

function announced(error: CodedError, untilMs: number): CodedError {
  // Made for this attempt and told to nobody yet; one that another client held back says it already.
  if (!error.message.includes(HELD_UNTIL)) {
    const until = new Date(untilMs).toISOString()
    error.message += HELD_UNTIL + until + FROM_MEMORY
  }
  return Object.assign(error, { nextAttemptAtMs: untilMs })
}

function pauseMs({ code, retryAfterMs }: CodedError, failures: number): number {
  const toldMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_LIMIT_MS)
  if (toldMs > 0 && failures === 1) return toldMs
  const { firstMs, limitMs } = isPassing(code) ? PASSING : REFUSED
  const grownMs = Math.min(firstMs * 2 ** (failures - 1), limitMs)
  // A service that says one second each time, and refuses each time, is not asked each second.
  // A tenth shorter or longer by chance, so that a fleet that failed at once does not return at once.
  return Math.max(toldMs, Math.round(grownMs * (0.9 + Math.random() / 5)))
}

/**
 * Wrong options are told before anything is sent, and a pause would only hide that they were mended; but a
 * `fetch` that gives no answer may have sent the login.
 */
function isOfSignIn({ code, option }: CodedError): boolean {
  if (option === 'fetch') return true
  const isOfOption = option !== undefined || code.endsWith('_OPTION_INVALID')
  return !isOfOption && !code.startsWith('CRYPTO_')
}

/** What may be over in a moment: the network, a service that is not ready. */
function isPassing(code: string): boolean {
  return ['_NETWORK', '_TIMEOUT', '_UNAVAILABLE'].some((ending) => code.endsWith(ending))
}
