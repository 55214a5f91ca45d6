/**
 * One socket of a stream, from its opening over the login to its end.
 *
 * Login gate: the broker tells `sts` in pieces, one key a frame; nothing is subscribed to before it has said
 * `authenticated`. Where it asks for the session (`waiting for session`) the session's id is sent, and never uninvited.
 * Heartbeat: `tic` at once and every 30 s, without which the broker closes; a socket on which the broker's own
 * `system` heartbeat stays out for a minute is dead.
 */
import {
  abortable,
  type PlatformAbortSignal,
  withDeadline,
  withoutContent,
} from '@isoauth/core-client'
import { newError } from '../errors.ts'
import { setQuietTimeout } from '../pause.ts'
import { type Frame, type LoginFlags, readFrame } from './frame.ts'
import type { StreamLostReason } from './stream-events.ts'
import { refusedStatus, type StreamSocket, upgradeError, type WebSocketWay } from './web-socket.ts'

/** What a link is opened with. */
export interface LinkParts {
  readonly way: WebSocketWay
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly sessionId: string
  /** Texts that must not be shown. */
  readonly secrets: () => readonly string[]
  /** For opening and login together, in milliseconds. */
  readonly timeoutMs: number
  readonly now: () => number
  /** What is neither login nor heartbeat. */
  readonly onFrame: (frame: Frame) => void
  /** Called about every ten seconds while the link lives. */
  readonly onBeat: () => void
}

/** Why a link ended. */
export interface LinkEnd {
  readonly reason: StreamLostReason
  readonly closeCode?: number | undefined
  readonly message?: string | undefined
}

/** A socket whose login is done. */
export interface Link {
  /** Gives false where the link has ended. */
  send(text: string): boolean
  /** Resolves when the link has ended; never rejects. */
  readonly ended: Promise<LinkEnd>
  /** The last frame of any kind, and the last heartbeat, in milliseconds since 1970. */
  readonly lastFrameAtMs: number
  readonly lastHeartbeatAtMs: number
  /** Ends it. */
  end(reason: StreamLostReason): void
}

const BEAT_MS = 10_000
const TIC_MS = 30_000
const SILENCE_MS = 60_000

/**
 * Opens a socket and waits until its login is done.
 *
 * @throws {@link IbkrSessionError} `…_NETWORK`, `…_TIMEOUT`, `…_NOT_READY` where the broker says that the session is
 *   not authenticated; the signal's reason
 */
export async function openLink(parts: LinkParts, signal: PlatformAbortSignal): Promise<Link> {
  const { way, url, headers, sessionId, secrets, timeoutMs, now, onFrame, onBeat } = parts
  const finish = latch<LinkEnd>()
  const ready = latch<void>()
  const flags: { -readonly [Name in keyof LoginFlags]: LoginFlags[Name] } = {}
  let socket: StreamSocket | undefined
  /** What was answered in the place of a socket, where the runtime tells it. */
  let answeredStatus: number | undefined
  let isOver = false
  let isBound = false
  let cancelBeat: (() => void) | undefined
  let lastFrameAtMs = now()
  let lastHeartbeatAtMs = now()
  let lastTicAtMs = now()

  function end(about: LinkEnd): void {
    if (isOver) return
    isOver = true
    cancelBeat?.()
    closeQuietly(socket)
    finish.resolve(about)
  }

  function send(text: string): boolean {
    if (isOver) return false
    try {
      socket?.send(text)
      return true
    } catch {
      // A socket that is closing; its end is told by itself, or by the heartbeat that stays out.
      return false
    }
  }

  function tic(): void {
    lastTicAtMs = now()
    send('tic')
  }

  function beat(): void {
    if (isOver) return
    // A clock that was set back would make a silence of any length.
    if (now() < lastHeartbeatAtMs) lastHeartbeatAtMs = now()
    if (now() - lastHeartbeatAtMs >= SILENCE_MS) {
      end({ reason: 'silent' })
      return
    }
    if (Math.abs(now() - lastTicAtMs) >= TIC_MS) tic()
    onBeat()
    cancelBeat = setQuietTimeout(beat, BEAT_MS)
  }

  function login(told: LoginFlags): void {
    Object.assign(flags, told)
    const message = flags.fail ?? flags.message
    const said = message && { message }
    if (told.authenticated === false) end({ reason: 'not-authenticated', ...said })
    else if (flags.authenticated && flags.connected !== false) ready.resolve()
  }

  function receive(data: unknown): void {
    if (isOver) return
    lastFrameAtMs = now()
    const frame = readFrame(data, secrets())
    if (frame.kind === 'heartbeat') lastHeartbeatAtMs = now()
    else if (frame.kind === 'login') login(frame.flags)
    else if (frame.kind !== 'waiting-for-session') onFrame(frame)
    // Asked a second time, the broker does not know the id: the next link comes with another one.
    else if (isBound) end({ reason: 'closed' })
    else {
      isBound = true
      send(JSON.stringify({ session: sessionId }))
    }
  }

  async function start(deadline: AbortSignal): Promise<void> {
    const open = latch<void>()
    const listeners = {
      open: () => open.resolve(),
      message: (event: unknown) => receive((Object(event) as { readonly data?: unknown }).data),
      close: (event: unknown) => {
        const { code } = Object(event) as { readonly code?: unknown }
        end({ reason: 'closed', ...(typeof code === 'number' && { closeCode: code }) })
      },
      error: (event: unknown) => {
        answeredStatus = refusedStatus(event)
        end({ reason: 'closed' })
      },
    }
    const opening = way(url, headers, deadline).then((opened) => {
      socket = opened.socket
      if ('binaryType' in socket) socket.binaryType = 'arraybuffer'
      for (const [type, listener] of Object.entries(listeners)) {
        socket.addEventListener(type as keyof typeof listeners, listener)
      }
      // It came too late: nobody waits for it any more.
      if (isOver) return closeQuietly(socket)
      opened.start?.()
      if (socket.readyState === 1) open.resolve()
    })
    await abortable(opening, deadline)
    const failed = finish.promise.then((about) => {
      throw answeredStatus === undefined ? endedError(about) : upgradeError(answeredStatus)
    })
    await abortable(Promise.race([open.promise, failed]), deadline)
    tic()
    await abortable(Promise.race([ready.promise, failed]), deadline)
  }

  const late = () =>
    newError(
      'TIMEOUT',
      `The stream's login was not done within timeoutMs (${timeoutMs} ms): the broker did not say that the session is authenticated.`,
    )
  try {
    await withDeadline({ timeoutMs, signal, newError: late }, start)
  } catch (error) {
    end({ reason: 'closed' })
    throw toldError(error, signal)
  }
  cancelBeat = setQuietTimeout(beat, BEAT_MS)
  return {
    send,
    ended: finish.promise,
    get lastFrameAtMs() {
      return lastFrameAtMs
    },
    get lastHeartbeatAtMs() {
      return lastHeartbeatAtMs
    },
    end: (reason) => end({ reason }),
  }
}

function endedError({ reason, closeCode, message }: LinkEnd): Error {
  if (reason === 'not-authenticated') {
    const said = message === undefined ? '' : ` It says: ${message}`
    return newError(
      'NOT_READY',
      `The broker says on the stream that the session is not authenticated.${said}`,
      { detail: message },
    )
  }
  const code = closeCode === undefined ? '' : ` (close code ${closeCode})`
  return newError(
    'NETWORK',
    `The stream's socket closed before its login was done${code}: the network, a proxy that lets no WebSocket through, or a session that the broker does not know.`,
  )
}

/** Of what a socket or a factory throws nothing is shown: its message may hold the address, and that the token. */
function toldError(error: unknown, signal: PlatformAbortSignal): unknown {
  signal.throwIfAborted()
  const { code } = Object(error) as { readonly code?: unknown }
  if (typeof code === 'string' && code.startsWith('IBKR_SESSION_')) return error
  const cause: Error & { readonly code?: string } = withoutContent(error)
  const told = cause.code === undefined ? '' : ` (${cause.code})`
  return newError(
    'NETWORK',
    `The stream's socket could not be opened${told}: the network, or an option webSocket that is not like (url, init) => new WebSocket(url, init).`,
    { cause },
  )
}

function closeQuietly(socket: StreamSocket | undefined): void {
  try {
    socket?.close(1000)
  } catch {
    // It was closed already, or never open.
  }
}

/** A promise and what resolves it. */
function latch<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
