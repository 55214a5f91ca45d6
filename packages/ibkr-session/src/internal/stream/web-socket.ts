/**
 * How a WebSocket is opened in each runtime. Outside of browsers its request carries a cookie and a `User-Agent`;
 * a browser sends neither, and there the first frame binds the session.
 */
import { isBrowser, type PlatformAbortSignal, parseRetryAfter } from '@isoauth/core-client'
import { newError, refuse } from '../errors.ts'

/** What is used of a WebSocket: that of the platform, of undici and of `ws` fit as they are. */
export interface StreamSocket {
  /** 1 for a socket that is open already (WHATWG WebSockets). */
  readonly readyState: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: object) => void,
  ): void
}

/** Opens a WebSocket with the headers given, such as `(url, init) => new WebSocket(url, init)` of undici or `ws`. */
export type WebSocketFactory = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>> },
) => StreamSocket | Promise<StreamSocket>

/** A way to open a socket: the socket, and what lets its messages come once somebody listens. */
export type WebSocketWay = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: PlatformAbortSignal,
) => Promise<{ readonly socket: StreamSocket; start?(): void }>

/** The way of this runtime; undefined where it has none, as in Node 20. */
export function findWebSocketWay(factory: WebSocketFactory | undefined): WebSocketWay | undefined {
  if (factory) {
    return async (url, headers) => {
      const socket = await factory(url, { headers })
      if (typeof socket?.addEventListener === 'function') return { socket }
      return refuse('webSocket', socket, 'like (url, init) => new WebSocket(url, init)')
    }
  }
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') return upgrade
  if (typeof globalThis.WebSocket !== 'function') return undefined
  return isBrowser() ? plain : construct
}

const plain: WebSocketWay = async (url) => ({ socket: new WebSocket(url) })

/** The constructor of Node 22, Deno and Bun takes headers; the standard's takes none and refuses the object. */
const construct: WebSocketWay = async (url, headers, signal) => {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket: new (url: string, init: object) => StreamSocket
  }
  try {
    return { socket: new WebSocket(url, { headers }) }
  } catch {
    return await plain(url, headers, signal)
  }
}

/** Workers open a socket by a request with `Upgrade`. */
const upgrade: WebSocketWay = async (url, headers, signal) => {
  const address = url.replace(/^ws/, 'http')
  const init = {
    headers: { ...headers, Upgrade: 'websocket' },
    // Followed, it would take the session's cookie to wherever it leads.
    redirect: 'manual',
    signal,
  } as const
  const response = await fetch(address, init)
  const { webSocket } = response as { readonly webSocket?: StreamSocket & { accept(): void } }
  if (webSocket) return { socket: webSocket, start: () => webSocket.accept() }
  response.body?.cancel().catch(() => {})
  const { status, headers: answered } = response
  throw upgradeError(status, parseRetryAfter(answered.get('retry-after'), Date.now()))
}

/** Makes the error of a request for a socket that was answered otherwise. */
export function upgradeError(status: number, retryAfterMs?: number | undefined): Error {
  return newError(
    status === 429 ? 'RATE_LIMITED' : 'NETWORK',
    `The broker did not open the stream: it answered ${status} in the place of 101.`,
    { status, retryAfterMs },
  )
}

/** The status of such an answer, by the words of ws, Deno and Bun for it; others do not tell. */
export function refusedStatus(errorEvent: unknown): number | undefined {
  const { message } = Object(errorEvent) as { readonly message?: unknown }
  const text = typeof message === 'string' ? message : ''
  return Number(/(?:server response|status code): (\d{3})$/.exec(text)?.[1]) || undefined
}
