/** The sandbox on loopback, which counts what it is asked for, and holds a request on demand. */
import type { SandboxOptions } from '@isoauth/sandbox'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'

export const INIT = '/iserver/auth/ssodh/init'
export const TICKLE = '/tickle'
export const HANDSHAKE = '/oauth/live_session_token'

export interface CountedBroker {
  readonly server: SandboxServer
  /** When each request below the base came, in milliseconds since 1970. */
  times(path: string): readonly number[]
  count(path: string): number
  /**
   * Holds the next request for `path`: resolves once it is there, with a function that has it answered by 503, or
   * by the sandbox.
   */
  hold(path: string): Promise<(answer: 'refused' | 'answered') => void>
}

interface Held {
  readonly arrived: (release: (answer: 'refused' | 'answered') => void) => void
}

/** Starts it on a free port. */
export async function startBroker(
  options: Pick<SandboxOptions, 'liveSessionTokenLifetimeMs' | 'credentials'> = {},
): Promise<CountedBroker> {
  const times = new Map<string, number[]>()
  const holds = new Map<string, Held>()
  const server = await serve({
    ...options,
    async pages(request) {
      const path = new URL(request.url).pathname.replace('/v1/api', '')
      times.set(path, [...(times.get(path) ?? []), Date.now()])
      const held = holds.get(path)
      if (!held) return undefined
      holds.delete(path)
      const answer = await new Promise<'refused' | 'answered'>(held.arrived)
      return answer === 'refused' ? new Response('held', { status: 503 }) : undefined
    },
  })
  return {
    server,
    times: (path) => times.get(path) ?? [],
    count: (path) => times.get(path)?.length ?? 0,
    hold: (path) => new Promise((arrived) => holds.set(path, { arrived })),
  }
}
