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
}

/**
 * Runs work under a deadline. Once the work is done the clock stops, while the caller's signal stays
 * connected to what the work left behind (a body to read).
 *
 * @throws `…_TIMEOUT`; the caller's abort reason; whatever the work rejects with
 */
export async function withDeadline<T>(
  { timeoutMs, signal, newError = (_kind, message) => new Error(message) }: DeadlineOptions,
  work: (signal: PlatformAbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(newError('TIMEOUT', `No answer came within timeoutMs (${timeoutMs} ms).`))
  }, timeoutMs)
  const disconnect = follow(signal, controller)
  let result: T | undefined
  try {
    result = await abortable(work(controller.signal), controller.signal)
    return result
  } finally {
    clearTimeout(timer)
    disconnectWith(result, disconnect)
  }
}

/** Aborts a controller with a signal; gives a function that ends this. */
function follow(signal: PlatformAbortSignal | undefined, controller: AbortController): () => void {
  const onAbort = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort)
  return () => signal?.removeEventListener('abort', onAbort)
}

/**
 * A signal that lives long must not keep a listener for each call. What the work left behind (an answer
 * whose body streams) stays connected as long as somebody holds it.
 */
function disconnectWith(result: unknown, disconnect: () => void): void {
  const { body } = (typeof result === 'object' && result !== null ? result : {}) as {
    readonly body?: unknown
  }
  const isStreaming = typeof body === 'object' && body !== null
  if (!isStreaming || typeof FinalizationRegistry !== 'function') {
    disconnect()
    return
  }
  forgotten ??= new FinalizationRegistry((end) => end())
  forgotten.register(body, disconnect)
}

/** Calls what is registered when the object it belongs to is gone; made at first use. */
let forgotten: FinalizationRegistry<() => void> | undefined

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
    signal.addEventListener('abort', onAbort)
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
    signal.addEventListener('abort', onAbort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
