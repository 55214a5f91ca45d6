/** What a fleet shares through the Durable Object of `durable-object.mjs`. */
import type { Lock, TokenStore } from '@isoauth/ibkr-session'

/** Store and lock of one process, such as at `http://127.0.0.1:8787`. */
export function shareByDurableObject(origin: string): {
  readonly store: TokenStore
  readonly lock: Lock
} {
  const ask = async (path: string, key: string, init?: RequestInit) => {
    const response = await fetch(`${origin}${path}?key=${encodeURIComponent(key)}`, init)
    if (!response.ok) throw new Error(`the object answers ${response.status}`)
    return response
  }
  const store: TokenStore = {
    getItem: async (key) => await (await ask('/item', key)).json(),
    async setItem(key, value, { ttl }) {
      await ask('/item', key, { method: 'PUT', body: JSON.stringify({ value, ttl }) })
    },
    async removeItem(key) {
      await ask('/item', key, { method: 'DELETE' })
    },
  }
  const lock: Lock = async (name, work, { signal }) => {
    const ended = new AbortController()
    const given = signal === undefined ? [] : [signal]
    const waiting = AbortSignal.any([ended.signal, ...(given as AbortSignal[])])
    const { body } = await ask('/lock', name, { signal: waiting })
    await body?.getReader().read()
    try {
      return await work()
    } finally {
      ended.abort()
    }
  }
  return { store, lock }
}
