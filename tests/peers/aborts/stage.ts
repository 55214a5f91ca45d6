/**
 * A service, a store and a lock that can be held up at any place, for tests of what an abort there does. None of them
 * heeds a signal by itself, which is the worst that other people's can do.
 */
import type { Lock } from '@isoauth/core-client'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { aesKey, deferred, makeLock, memoryStore, wrong } from '../../support/index.ts'

export const ORIGIN = 'http://127.0.0.1:8787'

/** Which requests are meant. */
export type Which = (request: Request) => boolean

/** A request below a path, whatever its query. */
export const at =
  (path: string): Which =>
  ({ url }) =>
    new URL(url).pathname.endsWith(path)

/** Something that is held up. */
export interface Hold {
  /** Resolves when the work under test has come there. */
  readonly arrived: Promise<void>
  /** Lets it go on, and everything that follows. */
  readonly release: () => void
}

export interface Stage {
  readonly sandbox: Sandbox
  readonly time: { now: number }
  readonly now: () => number
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Store, its key and lock, as clients take them. */
  readonly sharing: {
    readonly store: ReturnType<typeof memoryStore>
    readonly storeKey: CryptoKey
    readonly lock: Lock
  }
  /** How many requests have gone out. */
  readonly sent: () => number
  readonly holdStore: () => Hold
  readonly holdLock: () => Hold
  readonly holdRequest: (which: Which) => Hold
  /** The answer comes with its headers and the beginning of its body; the rest when it is released. */
  readonly holdBody: (which: Which) => Hold
  /** Opens a socket of the sandbox. */
  readonly webSocket: Sandbox['webSocket']
  /** The next socket opens when it is released. */
  readonly holdSocket: () => Hold
  /** The next request that is meant is answered so; `arrived` when it was. */
  readonly answer: (which: Which, make: () => Response) => Hold
}

/** Sets a fresh stage up. */
export async function newStage(): Promise<Stage> {
  const time = { now: Date.now() }
  const now = () => time.now
  const sandbox = await createSandbox({ origin: ORIGIN, credentials: testCredentials, now })
  const [memory, tail, storeKey] = [memoryStore(), makeLock(), await aesKey()]
  let sent = 0
  let store: HeldPlace | undefined
  let lock: HeldPlace | undefined
  let wire: HeldRequests | undefined
  let body: HeldRequests | undefined
  let answers: (HeldRequests & { make: () => Response }) | undefined

  let socket: HeldPlace | undefined

  return {
    ...{ sandbox, time, now },
    webSocket(url, init) {
      if (socket === undefined) return sandbox.webSocket(url, init)
      const held = socket
      socket = undefined
      void held.pass()
      return wrong(new SilentSocket())
    },
    holdSocket() {
      socket = holdUp()
      return socket
    },
    sent: () => sent,
    sharing: {
      storeKey,
      store: {
        ...memory,
        async getItem(key) {
          await store?.pass()
          return memory.getItem(key)
        },
      },
      async lock(name, work, options) {
        await lock?.pass()
        return await tail(name, work, options)
      },
    },
    async fetch(input, init) {
      const request = new Request(input, { ...init, signal: null })
      sent++
      if (wire?.which(request)) await wire.pass()
      if (answers?.which(request)) {
        const { make, pass } = answers
        answers = undefined
        void pass()
        return make()
      }
      const response = await sandbox.fetch(input, { ...init, signal: null })
      return body?.which(request) ? withSlowBody(response, body, init?.signal) : response
    },
    holdStore() {
      store = holdUp()
      return store
    },
    holdLock() {
      lock = holdUp()
      return lock
    },
    holdRequest(which) {
      wire = { ...holdUp(), which }
      return wire
    },
    holdBody(which) {
      body = { ...holdUp(), which }
      return body
    },
    answer(which, make) {
      answers = { ...holdUp(), which, make }
      return answers
    },
  }
}

/** A socket that never opens. */
class SilentSocket extends EventTarget {
  readyState = 0
  send(): void {}
  close(): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code: 1006 }))
  }
}

interface HeldPlace extends Hold {
  /** What comes here waits until it is released. */
  readonly pass: () => Promise<void>
}

interface HeldRequests extends HeldPlace {
  readonly which: Which
}

function holdUp(): HeldPlace {
  const [arrived, released] = [deferred(), deferred()]
  return {
    arrived: arrived.promise,
    release: () => released.resolve(),
    async pass() {
      arrived.resolve()
      await released.promise
    },
  }
}

/** The answer, its body held up; that ends with the request's signal, as the platform's does. */
function withSlowBody(
  response: Response,
  { pass }: HeldPlace,
  signal: AbortSignal | null | undefined,
): Response {
  const slow = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await pass()
      controller.enqueue(chunk)
    },
    start(controller) {
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body?.pipeThrough(slow), { status, statusText, headers })
}
