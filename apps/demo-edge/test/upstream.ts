/** A sandbox on a socket that also streams, keeps callers waiting, and plants cookies on every answer. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { deferred } from '../../../tests/support/index.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

/** Its answer begins at once, and goes on as the test says. */
export const STREAM_PATH = '/api/iserver/marketdata/history'
/** The keys of a platform that signs identity tokens; below the upstream's origin. */
export const CERTS_PATH = '/certs'
/** Its answer never comes. */
export const WAITING_PATH = '/api/portfolio/DU1/ledger'

export interface Upstream {
  readonly sandbox: Sandbox
  /** Sends a further piece of the stream, and with `''` its end. */
  readonly push: (text: string) => void
  /** What {@link CERTS_PATH} gives. */
  readonly certs: { keys: unknown[] }
  /** How many left: readers of the stream, and callers who waited. */
  readonly left: () => { readonly readers: number; readonly waiting: number }
  /** Holds the requests of a path back, from the first that comes until they are released. */
  readonly hold: (path: string) => { readonly seen: Promise<void>; readonly release: () => void }
  /** How many callers came to wait. */
  readonly waited: () => number
  readonly close: () => void
}

export async function startUpstream(): Promise<Upstream> {
  let sandbox: Sandbox | undefined
  let push: (text: string) => void = () => {}
  const left = { readers: 0, waiting: 0 }
  const certs: { keys: unknown[] } = { keys: [] }
  let waited = 0
  let held: { readonly path: string; seen(): void; readonly released: Promise<void> } | undefined

  const streaming = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) =>
          text === '' ? controller.close() : controller.enqueue(new TextEncoder().encode(text))
        push('first')
      },
      cancel() {
        left.readers++
      },
    })

  const waiting = ({ signal }: Request) =>
    new Promise<Response>((resolve) => {
      waited++
      signal.addEventListener('abort', () => {
        left.waiting++
        resolve(new Response(null, { status: 503 }))
      })
    })

  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname.replace('/v1/', '/')
    if (path === CERTS_PATH) return Response.json(certs)
    if (path === WAITING_PATH) return waiting(request)
    if (held !== undefined && path.endsWith(held.path)) {
      held.seen()
      await held.released
    }
    const given =
      path === STREAM_PATH
        ? new Response(streaming())
        : await sandbox?.fetch(await platformRequest(request))
    const headers = new Headers(given?.headers)
    headers.append('set-cookie', 'broker=1; Path=/')
    return new Response(given?.body ?? null, { status: given?.status ?? 503, headers })
  }
  const listener = getRequestListener(answer, { overrideGlobalObjects: false })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  sandbox = await createSandbox({
    origin: `http://127.0.0.1:${port}`,
    maxRecords: 10,
    credentials: testCredentials,
  })
  return {
    sandbox,
    push: (text) => push(text),
    certs,
    left: () => ({ ...left }),
    hold(path) {
      const [seen, released] = [deferred(), deferred()]
      held = { path, seen: seen.resolve, released: released.promise }
      return {
        seen: seen.promise,
        release() {
          held = undefined
          released.resolve()
        },
      }
    },
    waited: () => waited,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The listener's requests are its own; the sandbox takes the platform's. */
async function platformRequest(request: Request): Promise<Request> {
  const { url, method, headers } = request
  const body = await request.arrayBuffer()
  return new Request(url, { method, headers, ...(body.byteLength > 0 && { body }) })
}
