/** A session with a stream over sockets of our own, on timers that the test moves. */
import type { BrokerStream, StreamEvent, StreamOptions, StreamSocket } from '@isoauth/ibkr-session'
import { SESSION_ID, type Setup, setUp } from './support.ts'

export const TOKEN = 'secret-access-token'

/** A socket whose other end is the test. */
export class FakeSocket extends EventTarget implements StreamSocket {
  readyState = 0
  binaryType = 'blob'
  readonly sent: string[] = []

  readonly url: string
  readonly headers: Readonly<Record<string, string>>

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    super()
    this.url = url
    this.headers = headers
  }

  send(text: string): void {
    if (this.readyState !== 1) throw new DOMException('not open', 'InvalidStateError')
    this.sent.push(text)
  }

  close(code = 1005): void {
    this.cut(code)
  }

  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  /** A frame of the broker: an object as JSON, anything else as it is. */
  say(frame: unknown): void {
    const isPlain = Object(frame) === frame && Object.getPrototypeOf(frame) === Object.prototype
    const data = isPlain ? JSON.stringify(frame) : frame
    if (this.readyState === 1) this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }

  /** The end, from either side. */
  cut(code = 1006): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }

  /** What was asked for and ended, without `tic`. */
  get frames(): string[] {
    return this.sent.filter((text) => text !== 'tic')
  }

  /** Goes through the login as the broker does: `sts` in pieces. */
  login(): void {
    this.open()
    this.say({ topic: 'system', success: 'user' })
    this.say({ topic: 'sts', args: { connected: true } })
    this.say({ topic: 'sts', args: { authenticated: true } })
    this.say({ topic: 'sts', args: { competing: false } })
    this.say({ topic: 'system', hb: 1 })
  }
}

export interface StreamSetup extends Setup {
  readonly stream: BrokerStream
  readonly told: StreamEvent[]
  readonly sockets: FakeSocket[]
  /** The newest socket. */
  readonly socket: () => FakeSocket
  /** The events but the messages, as `type` or `type:reason`. */
  readonly kinds: () => string[]
  readonly stop: () => Promise<void>
}

/** Sockets that log in by themselves, unless told otherwise. */
export function makeSockets(
  onOpen: (socket: FakeSocket, count: number) => void = (s) => s.login(),
) {
  const sockets: FakeSocket[] = []
  const webSocket: StreamOptions['webSocket'] = (url, { headers }) => {
    const socket = new FakeSocket(url, headers)
    sockets.push(socket)
    setTimeout(() => onOpen(socket, sockets.length))
    return socket
  }
  return { sockets, webSocket }
}

/** An open session with an open stream. */
export async function setUpStream(
  options: Partial<StreamOptions> = {},
  onOpen?: (socket: FakeSocket, count: number) => void,
  setup: Setup = setUp({ now: Date.now }),
): Promise<StreamSetup> {
  const { sockets, webSocket } = makeSockets(onOpen)
  const told: StreamEvent[] = []
  await setup.session.open({ compete: true })
  const onEvent = (event: StreamEvent) => void told.push(event)
  const stream = await setup.session.openStream({ webSocket, onEvent, ...options })
  return {
    ...setup,
    stream,
    told,
    sockets,
    socket: () => sockets.at(-1) as FakeSocket,
    kinds: () =>
      told
        .filter(({ type }) => type !== 'message')
        .map((event) => ('reason' in event ? `${event.type}:${event.reason}` : event.type)),
    stop: () => setup.session.close(),
  }
}

/** What must not show. */
export const SECRETS: readonly string[] = [TOKEN, SESSION_ID]
