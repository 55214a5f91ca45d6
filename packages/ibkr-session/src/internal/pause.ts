/**
 * Waits that a signal ends, and that do not keep a program running unless somebody waits for them.
 */
import { abortable, type PlatformAbortSignal } from '@isoauth/core-client'

/** A timer that holds no process open, in runtimes where a timer could. */
export function setQuietTimeout(work: () => void, ms: number): () => void {
  const timer: unknown = setTimeout(work, ms)
  const { unref } = Object(timer) as { unref?(this: unknown): void }
  if (typeof unref === 'function') unref.call(timer)
  return () => clearTimeout(timer as number)
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export async function pause(ms: number, signal: PlatformAbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await abortable(over, signal)
  } finally {
    clearTimeout(timer)
  }
}

/** Runs work, and does something else each so many milliseconds until it is done. */
export async function repeatDuring<T>(
  work: () => Promise<T>,
  ms: number,
  repeated: () => void,
): Promise<T> {
  const turn = () => {
    cancel = setQuietTimeout(turn, ms)
    repeated()
  }
  let cancel = setQuietTimeout(turn, ms)
  try {
    return await work()
  } finally {
    cancel()
  }
}

/** A time up to a tenth longer or shorter, so that many machines do not act in the same moment. */
export function jittered(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() / 5))
}
