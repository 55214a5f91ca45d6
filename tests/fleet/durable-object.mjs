/**
 * A Worker whose one Durable Object is store and lock of a fleet of processes, over HTTP: `GET`, `PUT` and `DELETE` of
 * `/item?key=`, and `GET /lock?key=`, whose answer begins when the lock is held and lasts until the holder ends it, or dies.
 */
import { DurableObject } from 'cloudflare:workers'

/** A holder that died is noticed by the next sign of life that does not reach it. */
const LIFE_SIGN_MS = 50

export class Vault extends DurableObject {
  /** By lock name, the end of the last turn. */
  #turns = new Map()

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const key = searchParams.get('key')
    if (pathname === '/lock') return this.#lock(key)
    if (request.method === 'GET') return Response.json((await this.#read(key)) ?? null)
    if (request.method === 'DELETE') await this.ctx.storage.delete(key)
    else {
      const { value, ttl } = await request.json()
      await this.ctx.storage.put(key, { value, expiresAtMs: Date.now() + ttl * 1000 })
    }
    return new Response(null, { status: 204 })
  }

  async #read(key) {
    const entry = await this.ctx.storage.get(key)
    return entry !== undefined && entry.expiresAtMs > Date.now() ? entry.value : undefined
  }

  #lock(name) {
    const { readable, writable } = new TransformStream()
    const before = this.#turns.get(name)
    const turn = (async () => {
      await before
      const writer = writable.getWriter()
      try {
        for (;;) {
          await writer.write(new Uint8Array([1]))
          await new Promise((resolve) => setTimeout(resolve, LIFE_SIGN_MS))
        }
      } catch {
        // The holder is done, or dead.
      }
    })()
    this.#turns.set(name, turn)
    this.ctx.waitUntil(turn)
    // Left as it is, or each sign would wait for more to compress.
    return new Response(readable, {
      headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'identity' },
    })
  }
}

export default {
  fetch: (request, env) => env.VAULT.get(env.VAULT.idFromName('vault')).fetch(request),
}
