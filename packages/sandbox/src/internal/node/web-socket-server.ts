/** Sockets of the HTTP server: the handshake and the frames of RFC 6455 by `ws`, the rest by the hub. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Host } from '../host.ts'
import type { StreamPeer } from '../ibkr-stream/stream-line.ts'

/** The longest frame that is read, in bytes. */
const FRAME_LIMIT = 1_048_576
/** A client that reads nothing is cut once this many bytes wait for it. */
const WAITING_LIMIT = 67_108_864
/** How long a client may take to answer a close, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000

export interface SocketServer {
  /** Closes every socket; the client sees 1001. */
  close(): void
}

/** Answers the server's upgrade requests; `ws` is loaded with the first one. */
export function serveWebSockets(
  server: Server,
  ready: Promise<{ readonly host: Host }>,
): SocketServer {
  let loading: Promise<WebSocketServer> | undefined
  let loaded: WebSocketServer | undefined
  const load = async () => {
    const { WebSocketServer: Sockets } = await import('ws')
    loaded = new Sockets({ noServer: true, maxPayload: FRAME_LIMIT, perMessageDeflate: false })
    return loaded
  }
  server.on('upgrade', (incoming, socket, head) => {
    if (!asksForWebSocket(incoming)) {
      answerAsUsual(server, incoming, socket, head)
      return
    }
    // A client that goes away in the middle of its handshake concerns nobody.
    socket.on('error', () => socket.destroy())
    loading ??= load()
    upgrade({ loading, ready, incoming, socket, head }).catch(() => socket.destroy())
  })
  return {
    close: () => {
      for (const socket of loaded?.clients ?? []) socket.close(1001, 'the sandbox ends')
    },
  }
}

function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return /(?:^|[,\s])websocket(?:[,\s]|$)/i.test(headers.upgrade ?? '')
}

/**
 * Another protocol is one that the server does not speak, and then the request is one like any other (RFC 9110 section
 * 7.8). Node has stopped reading it: it is read again from its head, without that wish.
 */
function answerAsUsual(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer) {
  const { method, url, httpVersion, rawHeaders } = incoming
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!/^upgrade$/i.test(name)) lines.push(`${name}: ${rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

interface Upgrade {
  readonly loading: Promise<WebSocketServer>
  readonly ready: Promise<{ readonly host: Host }>
  readonly incoming: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

async function upgrade({ loading, ready, incoming, socket, head }: Upgrade): Promise<void> {
  const { core } = (await ready).host
  const target = incoming.url ?? '/'
  const request = new Request(core.settings.origin + target, { headers: headersOf(incoming) })
  const result = await core.connect(request, target, incoming.socket.remoteAddress)
  if (result === 'reset') {
    socket.destroy()
    return
  }
  if (result instanceof Response) {
    await refuse(socket, result)
    return
  }
  const sockets = await loading
  sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
    const line = core.broker.stream.open(peerOf(webSocket), result)
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) line.close(1003, 'text frames only')
      else line.receive(String(data))
    })
    webSocket.on('close', (code) => core.broker.stream.ended(line, code))
    webSocket.on('error', () => webSocket.terminate())
  })
}

function peerOf(webSocket: WebSocket): StreamPeer {
  return {
    send: (text) => {
      if (webSocket.bufferedAmount > WAITING_LIMIT) webSocket.terminate()
      else webSocket.send(text)
    },
    close: (code, reason) => {
      webSocket.close(code, reason)
      setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS).unref()
    },
    terminate: () => webSocket.terminate(),
  }
}

/** The headers as they came, one that came twice as often as it did. */
function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  }
  return headers
}

/** An answer in place of the handshake, and the end of the connection. */
async function refuse(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer())
  const headers = [
    ...response.headers,
    ['content-length', `${body.length}`],
    ['connection', 'close'],
  ]
  const head = [
    `HTTP/1.1 ${response.status} ${response.statusText || 'Refused'}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
}
