/** Signs what is allowed, for those who have the Worker's key. The broker's keys never leave the edge. */
import { waitUntil } from 'cloudflare:workers'
import { timingSafeEqual, utf8ToBytes } from '@isoauth/core-crypto'
import { createIbkrOAuth1, type IbkrOAuth1, IbkrOAuth1Error } from '@isoauth/ibkr-oauth1'

interface Env {
  /** The text of isoauth.json. */
  readonly ISOAUTH: string
  readonly API_KEY: string
}

const ALLOWED: ReadonlySet<string> = new Set(['/portfolio/accounts'])

/** One for the isolate: its live session token is good for a day. */
let client: IbkrOAuth1 | undefined

export default {
  async fetch(request, env) {
    const given = request.headers.get('authorization') ?? ''
    // Without a key of its own it serves nobody: "Bearer undefined" is no key.
    if (
      !env.API_KEY ||
      !timingSafeEqual(utf8ToBytes(given), utf8ToBytes(`Bearer ${env.API_KEY}`))
    ) {
      return new Response('Who are you?', { status: 401 })
    }
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET' || !ALLOWED.has(pathname)) {
      return new Response('Not found', { status: 404 })
    }
    client ??= createIbkrOAuth1({ ...JSON.parse(env.ISOAUTH).ibkr.oauth1, waitUntil })
    try {
      const { status, body } = await client.fetch(pathname)
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
      return new Response(body, { status, headers })
    } catch (error) {
      if (!(error instanceof IbkrOAuth1Error)) throw error
      console.error(error.code, error.message, error.docs)
      return Response.json({ code: error.code }, { status: 502 })
    }
  },
} satisfies ExportedHandler<Env>
