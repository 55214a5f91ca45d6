/** The HTTP server: keeps the request target as it stood on the wire, resets connections on demand. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { asyncDisposeSymbol, type DisposableMember } from '../async-disposable.ts'
import { checkNames, isObject, optionError, SandboxError } from '../errors.ts'
import { createHost, type Host } from '../host.ts'
import { isLoopback } from '../loopback.ts'
import { readSettings, type SandboxOptions } from '../options.ts'
import { publish, type Sandbox } from '../sandbox.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { trackConnections } from './graceful-close.ts'
import { answerFromPages, type Pages } from './pages.ts'
import { serveWebSockets } from './web-socket-server.ts'

export interface ServeOptions extends Omit<SandboxOptions, 'origin'> {
  /** TCP port; 0, the default, takes any free one. */
  readonly port?: number | undefined
  /** Interface to listen on; `127.0.0.1` by default, another than loopback needs `allowPublic`. */
  readonly hostname?: string | undefined
  /** The origin that clients sign; `http://<hostname>:<port>` by default. */
  readonly origin?: string | undefined
  /** Pages of one's own on the sandbox's origin, asked first; none by default. See {@link Pages}. */
  readonly pages?: Pages | undefined
}

/** The members of a {@link SandboxServer}, `Symbol.asyncDispose` left out. */
export interface SandboxServerMembers {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string
  readonly port: number
  readonly sandbox: Sandbox
  /**
   * Stops listening, lets requests under way finish, and cuts what is left after `timeoutMs`
   * (5,000 by default).
   */
  readonly close: (options?: { readonly timeoutMs?: number | undefined }) => Promise<void>
}

/** A running server; `await using` closes it. */
export type SandboxServer = SandboxServerMembers & DisposableMember

/**
 * Serves a sandbox over HTTP.
 *
 * Over a socket it is a little stricter than in process: a request without `User-Agent` gets the
 * edge's 403 page, a POST without `Content-Length` a 411.
 *
 * @param options everything of {@link SandboxOptions} but a required `origin`, and where to listen.
 * @returns the running server once it accepts connections and has its credentials.
 * @throws SandboxError `SANDBOX_OPTION_INVALID`, `SANDBOX_ORIGIN_PUBLIC`, and
 *   `SANDBOX_LISTEN_FAILED` when the port is taken or may not be used.
 *
 * @example
 * ```ts
 * const server = await serve({ port: 0 })
 * await fetch(`${server.origin}/v1/api/tickle`)
 * await server.close()
 * ```
 *
 * *Source*: RFC 9112; IBKR Web API documentation, "OAuth 1.0a Request Structure".
 */
export async function serve(options: ServeOptions = {}): Promise<SandboxServer> {
  return (await serveHost(options)).server
}

/** @internal The same, with what is behind it, and from what an earlier one left. */
export async function serveHost(
  options: ServeOptions,
  state?: SandboxState,
): Promise<{ readonly server: SandboxServer; readonly host: Host }> {
  if (!isObject(options)) throw optionError('options', 'an object is required')
  const { port = 0, hostname = '127.0.0.1', pages } = options
  if (pages !== undefined && typeof pages !== 'function') {
    throw optionError('pages', 'a function of a Request is required')
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw optionError('port', 'a whole number from 0 to 65535')
  }
  if (typeof hostname !== 'string' || hostname === '') {
    throw optionError('hostname', 'the name or address of an interface, such as 127.0.0.1')
  }
  if (options.allowPublic !== true && !isLoopback(hostname)) {
    throw new SandboxError('hostname: only loopback without allowPublic: true', {
      code: 'SANDBOX_ORIGIN_PUBLIC',
      option: 'hostname',
    })
  }
  // Everything but the port is checked before a socket is opened.
  const { origin = originOf(hostname, port) } = options
  readSettings({ ...options, origin }, OWN_NAMES)
  const http = createServer()
  const connections = trackConnections(http)
  const ready = start(http, { ...options, port, hostname }, state)
  // What comes before the host is ready waits for it.
  http.on('request', listener(ready, pages))
  const sockets = serveWebSockets(http, ready)
  try {
    const { host, ...address } = await ready
    const close: SandboxServer['close'] = async (given = {}) => {
      const timeoutMs = readTimeout(given)
      sockets.close()
      return connections.close(timeoutMs)
    }
    const members = { ...address, sandbox: publish(host), close }
    const server = Object.defineProperty(members, asyncDisposeSymbol(), {
      value: () => close(),
    }) as SandboxServer
    return { server, host }
  } catch (error) {
    await connections.close(0)
    throw error
  }
}

function readTimeout(options: NonNullable<Parameters<SandboxServer['close']>[0]>): number {
  if (!isObject(options)) throw optionError('options', 'an object with timeoutMs')
  checkNames(options, ['timeoutMs'])
  const { timeoutMs = 5000 } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
    throw optionError('timeoutMs', 'milliseconds, a number from 0')
  }
  return timeoutMs
}

/** Options of the server itself. */
const OWN_NAMES = ['port', 'hostname', 'pages'] as const

interface Started {
  readonly host: Host
  readonly origin: string
  readonly port: number
}

/** Listens, and makes the host for the port that was taken. */
async function start(
  http: Server,
  options: ServeOptions & { readonly port: number; readonly hostname: string },
  state: SandboxState | undefined,
): Promise<Started> {
  await listen(http, options.port, options.hostname)
  const { port } = http.address() as AddressInfo
  const { origin = originOf(options.hostname, port) } = options
  const credentials = state?.credentials ?? options.credentials ?? 'fresh'
  const settings = readSettings({ ...options, origin, credentials }, OWN_NAMES)
  return { host: await createHost(settings, state), origin, port }
}

function listener(ready: Promise<Started>, pages: Pages | undefined) {
  const answer = getRequestListener(
    async (request, env) => {
      const { incoming } = env as { incoming: IncomingMessage }
      const { core } = (await ready).host
      const page = pages && (await answerFromPages(pages, request, core.settings.origin))
      if (page !== undefined) return page
      const result = await core.handle(request, incoming.url ?? '/', incoming.socket.remoteAddress)
      if (result !== 'reset') return result
      incoming.socket.destroy()
      return RESPONSE_ALREADY_SENT
    },
    { overrideGlobalObjects: false },
  )
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    void answer(incoming, outgoing)
  }
}

function listen(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'the port is in use, perhaps by a sandbox that runs already; another port, or 0 for any free one, does'
          : (error.code ?? 'failed')
      reject(
        new SandboxError(`port: cannot listen on ${hostname}:${port}: ${reason}`, {
          code: 'SANDBOX_LISTEN_FAILED',
          option: 'port',
        }),
      )
    })
    server.listen(port, hostname.replace(/^\[|\]$/g, ''), resolve)
  })
}

function originOf(hostname: string, port: number): string {
  return `http://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${port}`
}
