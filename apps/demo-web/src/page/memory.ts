/** What one view leaves for another: in this document's memory, gone with it, stored nowhere. */

import type { HandshakeSession, LastRequest } from './handshake/handshake.ts'
import { createRunner } from './handshake/runner.ts'

let session: HandshakeSession | undefined
let request: LastRequest | undefined

export function rememberSession(done: HandshakeSession): void {
  session = done
}

export function rememberRequest(signed: LastRequest): void {
  request = signed
}

/** For a sandbox that was started anew: the next session is one of a new handshake. */
export function forgetSession(): void {
  session = undefined
}

/** The request that the handshake signed last, which may be one that failed. */
export function lastRequest(): LastRequest | undefined {
  return request
}

/** The session of the last handshake; a handshake is run where there was none. */
export async function sandboxSession(): Promise<HandshakeSession> {
  if (session !== undefined) return session
  const runner = createRunner({
    origin: location.origin,
    fetch: (input, init) => fetch(input, init),
    mistake: 'none',
    onRequest: (signed) => {
      request ??= signed
    },
  })
  while (runner.next) {
    const { failure } = await runner.run()
    if (failure) throw new Error(failure.message)
  }
  session = runner.session as HandshakeSession
  return session
}
