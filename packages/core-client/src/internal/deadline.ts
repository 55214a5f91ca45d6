/**
 * Work that ends in time: at a deadline, or when an `AbortSignal` says so, also where the work itself
 * heeds neither.
 */
import type { NewError } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** What ends the work before it is done. */
export interface DeadlineOptions {
  readonly timeoutMs: number
  readonly signal?: PlatformAbortSignal | undefined
  /** Makes the error of a deadline that passed. Default: a plain one, for who only asks whether it did. */
  readonly newError?: NewError | undefined
  /** Ends the connection to `signal` when the work is done. Default: at once. */
  readonly leave?: Disconnector | undefined
}

/** Calls `disconnect` when nothing of a result needs the caller's signal any more. */
export type Disconnector = (result: unknown, disconnect: () => void) => void

/**
 * Runs work under a deadline. Once the work is done the clock stops, while the caller's signal stays
 * connected to what the work left behind (a body to read).
 *
 * @throws `…_TIMEOUT`; the caller's abort reason; whatever the work rejects with
 */
export async function withDeadline<T>(
  {
    timeoutMs,
    signal,
    newError = (_kind, message) => new Error(message),
    leave = (_result, disconnect) => disconnect(),
  }: DeadlineOptions,
  work: (signal: PlatformAbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  // Forgotten in the end: what stays connected to the caller's signal must not hold the result.
  let refuse: ((reason: unknown) => void) | undefined
  const end = (reason: unknown) => {
    controller.abort(reason)
    refuse?.(controller.signal.reason)
  }
  const timer = setTimeout(() => {
    end(newError('TIMEOUT', `No answer came within timeoutMs (${timeoutMs} ms).`))
  }, timeoutMs)
  const disconnect = follow(signal, end)
  let result: T | undefined
  try {
    result = await new Promise<T>((resolve, reject) => {
      refuse = reject
      work(controller.signal).then(resolve, reject)
    })
    return result
  } finally {
    refuse = undefined
    clearTimeout(timer)
    if (signal) leave(result, disconnect)
  }
}

/** Ends work with a signal; gives a function that ends this. */
function follow(
  signal: PlatformAbortSignal | undefined,
  end: (reason: unknown) => void,
): () => void {
  const onAbort = () => end(signal?.reason)
  // Once: what has aborted is not heard of again, and holds nothing from then on.
  signal?.addEventListener('abort', onAbort, { once: true })
  return () => signal?.removeEventListener('abort', onAbort)
}

/**
 * Makes what ends the connection to a caller's signal once the body of an answer is gone: a signal that
 * lives long must not keep a listener for each call, and a body that streams must still end with it.
 */
export function createDisconnector(): Disconnector {
  const gone =
    typeof FinalizationRegistry === 'function'
      ? new FinalizationRegistry<() => void>((disconnect) => disconnect())
      : undefined
  return (result, disconnect) => {
    const { body } = (result ?? {}) as { readonly body?: unknown }
    if (gone && typeof body === 'object' && body !== null) gone.register(body, disconnect)
    else disconnect()
  }
}

/**
 * Follows a signing function of the caller's, which may ask a service such as a KMS: a time limit that passes while it
 * has not answered says so, names the option, and is no failure of the sign-in. Any other key is given back as it is.
 *
 * @returns the key to use, and what makes the errors of the calls that use it
 */
export function followSigner<Key, Make extends NewError>(
  key: Key,
  option: string,
  newError: Make,
): { readonly key: Key; readonly newError: Make } {
  if (typeof key !== 'function') return { key, newError }
  // The last call alone: one that never ends must not be told of when a later one has.
  let waiting: object | undefined
  const followed = async (data: unknown): Promise<unknown> => {
    const call = {}
    waiting = call
    try {
      return await key(data)
    } finally {
      if (waiting === call) waiting = undefined
    }
  }
  const make: NewError = (kind, message, details) => {
    if (kind !== 'TIMEOUT' || !waiting) return newError(kind, message, details)
    const cause = `the signing function given as ${option} has not answered. Check what it asks, such as a KMS, or allow more time.`
    return newError(kind, `${message.replace(/\.$/, '')}: ${cause}`, { ...details, option })
  }
  return { key: followed as Key, newError: make as Make }
}

/**
 * Aborts with the reason of the first that aborts. `AbortSignal.any`, or the same by listeners in
 * runtimes without it, such as edge-light; there a listener stays on each signal while that lives.
 */
export function anySignal(signals: readonly PlatformAbortSignal[]): PlatformAbortSignal {
  if ('any' in AbortSignal) return AbortSignal.any([...signals])
  const first = new AbortController()
  for (const signal of signals) {
    const onAbort = () => first.abort(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
  }
  return first.signal
}

/** Waits for a promise, or rejects with the signal's reason as soon as it aborts. */
export function abortable<T>(
  promise: Promise<T>,
  signal: PlatformAbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    // Once: a promise that is left may never settle, and would keep the listener.
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
