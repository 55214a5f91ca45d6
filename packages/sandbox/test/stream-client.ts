/** A client of the stream: a brokerage session that is ready, and sockets that note what they hear. */
import { createSandbox, type Sandbox, type SandboxWebSocket } from '@isoauth/sandbox'
import { afterEach, beforeEach } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { TestClient } from './signer.ts'

export const json = { 'content-type': 'application/json' }

export interface Socket {
  readonly socket: SandboxWebSocket
  readonly frames: Record<string, unknown>[]
  readonly closes: { readonly code: number; readonly reason: string; readonly wasClean: boolean }[]
  /** The frames of a topic, once what is on its way has come. */
  readonly of: (topic: string) => Promise<Record<string, unknown>[]>
}

/** Signed in, with a brokerage session whose accounts were asked; `now` is the clock of both. */
export async function signedIn(sandbox: Sandbox, now: () => number) {
  const client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  await client.handshake({ now: now() })
  const call = (path: string, init: RequestInit = {}) => {
    const url = client.credentials.baseUrl + path.replace(/\?.*/, '')
    return client.call(path, init, { now: now(), url })
  }
  const post = (path: string, body?: unknown) =>
    call(path, {
      method: 'POST',
      ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
    })
  const open = async (compete = true) =>
    (await post('/iserver/auth/ssodh/init', { publish: true, compete })).json()
  const sessionId = async (): Promise<string> => (await (await post('/tickle')).json()).session
  return { client, call, post, open, sessionId }
}

/** A sandbox with a user whose brokerage session is open, and whose accounts and these paths were asked. */
export async function startSignedIn(now: () => number, ...paths: readonly string[]) {
  const origin = 'http://127.0.0.1:8787'
  const users = [{ username: 'another', accountId: 'DU7654321' }]
  const sandbox = await createSandbox({ origin, now, credentials: testCredentials, users })
  const user = await signedIn(sandbox, now)
  await user.open()
  for (const path of ['/iserver/accounts', ...paths]) await user.call(path)
  return { sandbox, user }
}

/** The same anew for each test of a file, under a clock that the test moves. */
export function signedInForEach(...paths: readonly string[]): Started & { now: number } {
  const started: { now: number; current?: Started } = { now: 1_800_000_000_000 }
  const current = () => {
    if (started.current === undefined) throw new Error('It is there within tests alone.')
    return started.current
  }
  beforeEach(async () => {
    started.now += 1_000_000
    started.current = await startSignedIn(() => started.now, ...paths)
  })
  // The lines that a test left open end, and their timers.
  afterEach(() => started.current?.sandbox.reset())
  return {
    get now() {
      return started.now
    },
    set now(now) {
      started.now = now
    },
    get sandbox() {
      return current().sandbox
    },
    get user() {
      return current().user
    },
  }
}

type Started = Awaited<ReturnType<typeof startSignedIn>>
export type SignedIn = Awaited<ReturnType<typeof signedIn>>

export function listen(socket: SandboxWebSocket): Socket {
  const frames: Record<string, unknown>[] = []
  const closes: Socket['closes'] = []
  socket.addEventListener('message', ({ data }) => void frames.push(JSON.parse(String(data))))
  socket.addEventListener('close', ({ code = 0, reason = '', wasClean = false }) => {
    closes.push({ code, reason, wasClean })
  })
  const of = async (topic: string) => {
    await settle()
    return frames.filter((frame) => frame['topic'] === topic)
  }
  return { socket, frames, closes, of }
}

/** Until everything that is on its way in this process has come: nothing of it waits for more than its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve))
}
