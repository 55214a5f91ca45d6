/** What a test waits for: that something happened, never that time went by. */

import { deferred } from '../runtimes/suite/deferred.ts'

export { deferred }

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface Held {
  /** Takes requests as `fetch` does, and ends them as their signal says. */
  readonly fetch: Fetch
  /** Resolves when a request has arrived. */
  readonly seen: Promise<void>
  /** Lets the requests held so far, and all that follow, go on to their service. */
  readonly release: () => void
  /** How many requests arrived. */
  readonly count: () => number
}

/** A `fetch` that holds its requests until it is told to pass them on, or until their signal ends them. */
export function holdRequests(next: Fetch, holds: (request: Request) => boolean = () => true): Held {
  const arrived = deferred()
  const released = deferred()
  let count = 0
  return {
    seen: arrived.promise,
    release: () => released.resolve(),
    count: () => count,
    async fetch(input, init) {
      const request = new Request(input, init)
      if (!holds(request)) return next(input, init)
      count++
      const ended = whenAborted(init?.signal ?? request.signal)
      arrived.resolve()
      await Promise.race([released.promise, ended])
      return next(input, init)
    },
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Resolves when the last request that reached a sandbox is one whose answer a `slow` rule holds back. */
export async function untilSlow(sandbox: {
  readonly requests: readonly { readonly fault: string | null; readonly status: number | null }[]
}): Promise<void> {
  for (;;) {
    const last = sandbox.requests.at(-1)
    if (last?.fault === 'slow' && last.status === null) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve))
}
