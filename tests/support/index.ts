/** What the tests of several packages need. Runs wherever they run: nothing here is of one runtime. */
import type { Lock, TokenStore } from '@isoauth/core-client'

export { type Failure, failure } from '../runtimes/suite/check.ts'
export { everythingOf } from '../runtimes/suite/everything-of.ts'
export { type Answer, answeringFetch, type Call, type Responder } from './answering-fetch.ts'
export { deferred, holdRequests, settle, untilSlow } from './events.ts'

export interface MemoryStore extends TokenStore {
  readonly entries: Map<string, string>
  /** The lifetime in seconds of each entry that was set. */
  readonly ttls: number[]
}

/** A store as a database would be: others can look into it. */
export function memoryStore(): MemoryStore {
  const entries = new Map<string, string>()
  const ttls: number[] = []
  return {
    entries,
    ttls,
    getItem: (key) => entries.get(key) ?? null,
    setItem: async (key, value, { ttl }) => {
      ttls.push(ttl)
      entries.set(key, value)
    },
    removeItem: (key) => entries.delete(key),
  }
}

/** A lock as `navigator.locks` gives it: one after the other. */
export function makeLock(): Lock {
  let tail: Promise<unknown> = Promise.resolve()
  return (_name, work) => {
    const turn = tail.then(work)
    tail = turn.catch(() => {})
    return turn
  }
}

/** A key that seals what a store gets. */
export function aesKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** An answer in JSON; text is sent as it is. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(typeof value === 'string' ? value : JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/**
 * Input that the types forbid, where the refusal of wrong input is what a test is about: the one cast that such tests
 * need. Everything else is written so that it fits.
 */
export function wrong<T>(input: unknown): T {
  return input as T
}
