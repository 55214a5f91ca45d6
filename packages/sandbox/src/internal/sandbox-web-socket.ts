/** A WebSocket to the stream without a network: the standard's interface over one line of the hub. */
import type { Core } from './core.ts'
import type { StreamLine, StreamPeer } from './ibkr-stream/stream-line.ts'

export interface SandboxWebSocketInit {
  /** Headers of the upgrade, such as `Cookie` and `User-Agent`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Of each event, what its kind has. */
export interface SandboxSocketEvent {
  readonly type: string
  /** The text of a `message`. */
  readonly data?: unknown
  /** Of a `close`. */
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/** What a `WebSocket` has (WHATWG WebSockets); an `EventTarget`, whose events are the standard's. */
export interface SandboxWebSocket {
  readonly url: string
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: 0 | 1 | 2 | 3
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  readonly protocol: string
  readonly extensions: string
  readonly bufferedAmount: number
  binaryType: string
  onopen: ((event: SandboxSocketEvent) => void) | null
  onmessage: ((event: SandboxSocketEvent) => void) | null
  onerror: ((event: SandboxSocketEvent) => void) | null
  onclose: ((event: SandboxSocketEvent) => void) | null
  /**
   * Sends a text frame; nothing once the socket is closing. The broker takes texts only: other data
   * closes the socket with 1003.
   */
  send(data: unknown): void
  /** @param code 1000, or 3000 to 4999. @param reason at most 123 bytes of UTF-8. */
  close(code?: number, reason?: string): void
  addEventListener(
    type: string,
    listener: (event: SandboxSocketEvent) => void,
    options?: { readonly once?: boolean; readonly signal?: AbortSignal },
  ): void
  removeEventListener(type: string, listener: (event: SandboxSocketEvent) => void): void
  dispatchEvent(event: Event): boolean
}

type Handler = ((event: SandboxSocketEvent) => void) | null

const REASON_LIMIT = 123
const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const

/** @internal Like `new WebSocket(url)`: throws for an address that is none, and tells all else by events. */
export function openWebSocket(
  core: Core,
  url: string | URL,
  init: SandboxWebSocketInit = {},
): SandboxWebSocket {
  const address = readAddress(url, core.settings.signedOrigins)
  // Headers that cannot be sent are told here, where the caller can catch it.
  const request = new Request(address.href.replace(/^ws/, 'http'), {
    headers: init?.headers ?? {},
  })
  const wire = new Wire(core, address)
  void wire.connect(request)
  return wire.socket
}

/** The client's end: what happens to a socket, and the interface that shows it. */
class Wire {
  readonly socket: SandboxWebSocket
  readonly #core: Core
  readonly #url: URL
  readonly #target = new EventTarget()
  #state: SandboxWebSocket['readyState'] = STATES.CONNECTING
  #line: StreamLine | undefined

  constructor(core: Core, url: URL) {
    this.#core = core
    this.#url = url
    this.socket = this.#describe()
  }

  async connect(request: Request): Promise<void> {
    const result = await this.#core
      .connect(request, this.#url.pathname + this.#url.search)
      .catch(() => undefined)
    // Closed by the client meanwhile, or refused; a client cannot see which answer refused it.
    if (this.#state !== STATES.CONNECTING) return
    if (result === undefined || result === 'reset' || result instanceof Response) {
      return this.#end(1006, '')
    }
    this.#state = STATES.OPEN
    this.#tell('open')
    if (this.#state === STATES.OPEN) {
      this.#line = this.#core.broker.stream.open(this.#peer(), result)
    }
  }

  /** What comes, comes later and in order, never within the call that caused it. */
  #peer(): StreamPeer {
    return {
      send: (text) =>
        queueMicrotask(() => {
          if (this.#state === STATES.OPEN) {
            this.#tell('message', { data: text, origin: this.#url.origin })
          }
        }),
      close: (code, reason) => queueMicrotask(() => this.#end(code, reason)),
      terminate: () => queueMicrotask(() => this.#end(1006, '')),
    }
  }

  #send(data: unknown): void {
    if (this.#state === STATES.CONNECTING) {
      throw new DOMException('send: the socket is not open yet', 'InvalidStateError')
    }
    if (this.#state !== STATES.OPEN) return
    if (typeof data === 'string') this.#later(() => this.#line?.receive(data))
    else this.#line?.close(1003, 'text frames only')
  }

  #close(code?: number, reason = ''): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException('close: the code is 1000, or 3000 to 4999', 'InvalidAccessError')
    }
    if (new TextEncoder().encode(reason).length > REASON_LIMIT) {
      throw new DOMException(`close: the reason has at most ${REASON_LIMIT} bytes`, 'SyntaxError')
    }
    if (this.#state >= STATES.CLOSING) return
    const wasOpen = this.#state === STATES.OPEN
    this.#state = STATES.CLOSING
    this.#later(() => (wasOpen ? this.#end(code ?? 1005, reason) : this.#end(1006, '')))
  }

  #end(code: number, reason: string): void {
    if (this.#state === STATES.CLOSED) return
    this.#state = STATES.CLOSED
    if (this.#line) this.#core.broker.stream.ended(this.#line, code)
    const wasClean = code !== 1006
    if (!wasClean) this.#tell('error')
    this.#tell('close', { code, reason, wasClean })
  }

  #later(work: () => void): void {
    queueMicrotask(work)
  }

  #tell(type: string, details: Readonly<Record<string, unknown>> = {}): void {
    const event = new Event(type)
    for (const [name, value] of Object.entries(details)) {
      Object.defineProperty(event, name, { value })
    }
    this.#target.dispatchEvent(event)
  }

  /** The target itself is the socket, so that `event.target` is. */
  #describe(): SandboxWebSocket {
    const fixed: PropertyDescriptorMap = {}
    const values = {
      ...STATES,
      url: this.#url.href,
      protocol: '',
      extensions: '',
      bufferedAmount: 0,
      send: (data: unknown) => this.#send(data),
      close: (code?: number, reason?: string) => this.#close(code, reason),
    }
    for (const [name, value] of Object.entries(values)) fixed[name] = { value }
    const handlers = ['open', 'message', 'error', 'close'].map(
      (type) => [`on${type}`, handlerOf(this.#target, type)] as const,
    )
    return Object.defineProperties(this.#target, {
      ...fixed,
      ...Object.fromEntries(handlers),
      binaryType: { value: 'blob', writable: true },
      readyState: { get: () => this.#state },
    }) as unknown as SandboxWebSocket
  }
}

/** `onmessage` and the like: one listener, at the place where the first one was set. */
function handlerOf(target: EventTarget, type: string): PropertyDescriptor {
  let handler: Handler = null
  let isListening = callsHandlers()
  return {
    get: () => handler,
    set: (value: unknown) => {
      handler = typeof value === 'function' ? (value as Handler) : null
      if (isListening) return
      isListening = true
      target.addEventListener(type, (event) => handler?.call(target, event))
    },
  }
}

/** True where every event target calls its `on…` properties by itself, as in workerd. */
function callsHandlers(): boolean {
  let isCalled = false
  const probe = Object.assign(new EventTarget(), {
    onprobe: () => {
      isCalled = true
    },
  })
  probe.dispatchEvent(new Event('probe'))
  return isCalled
}

function readAddress(url: string | URL, origins: readonly string[]): URL {
  const text = String(url)
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (!address || !/^(?:ws|http)s?:$/.test(address.protocol)) {
    throw new DOMException('webSocket: the URL has to begin with ws: or wss:', 'SyntaxError')
  }
  const { origin } = new URL(address.href.replace(/^ws/, 'http'))
  if (!origins.includes(origin)) {
    throw new TypeError(`webSocket: the sandbox does not answer for ${origin}`)
  }
  return new URL(address.href.replace(/^http/, 'ws'))
}
