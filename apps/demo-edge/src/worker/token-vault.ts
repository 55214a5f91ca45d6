/**
 * The Durable Object that all isolates share: a store for the sealed live session token, and the
 * lock under which one of them renews it. It never sees the token, nor any key.
 */
import { DurableObject } from 'cloudflare:workers'

/** Past this time under a lock the next one has its turn, in milliseconds. */
const LONGEST_TURN_MS = 60_000

export class TokenVault extends DurableObject {
  /** By lock name, the end of the last turn. */
  readonly #turns = new Map<string, Promise<unknown>>()

  async getItem(key: string): Promise<string | null> {
    const entry = await this.ctx.storage.get<Entry>(key)
    if (entry !== undefined && entry.expiresAtMs > Date.now()) return entry.value
    if (entry !== undefined) await this.ctx.storage.delete(key)
    return null
  }

  async setItem(key: string, value: string, { ttl }: { ttl: number }): Promise<void> {
    await this.ctx.storage.put(key, { value, expiresAtMs: Date.now() + ttl * 1000 })
  }

  async removeItem(key: string): Promise<void> {
    await this.ctx.storage.delete(key)
  }

  /**
   * Calls `work`, a function of the isolate that asks, when all who asked before are done. Where that
   * isolate dies, its call fails and the lock is free: no lease has to run out.
   */
  async exclusively(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(name)
    const turn = (async () => {
      await before?.catch(() => {})
      await withinLongestTurn(work())
    })()
    this.#turns.set(name, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name)
    }
  }
}

interface Entry {
  readonly value: string
  readonly expiresAtMs: number
}

async function withinLongestTurn(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_TURN_MS)
  })
  await Promise.race([work, end]).finally(() => clearTimeout(timer))
}
