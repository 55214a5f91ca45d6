/**
 * What comes before a socket: the session is open, a tickle has told its id, and the address is known.
 */
import { type PlatformAbortSignal, withDeadline } from '@isoauth/core-client'
import { type Broker, isTelling } from '../broker-call.ts'
import { newError } from '../errors.ts'
import type { Turns } from '../exclusive.ts'
import type { Restorer } from '../restore.ts'
import type { Look, SessionCalls } from '../session-calls.ts'
import type { SessionState } from '../session-state.ts'
import type { Settings } from '../settings.ts'
import type { Frame } from './frame.ts'
import { type Link, openLink } from './link.ts'
import type { StreamSettings } from './stream-settings.ts'

/** Opens links one after the other. */
export interface Connector {
  connect(signal: PlatformAbortSignal): Promise<Link>
  /** The epoch of the session for which the last link was opened. */
  readonly epoch: number
  /** The connection's token was renewed: the session's id is asked for anew. */
  renewed(): void
}

/** What a connector needs. */
export interface ConnectorParts {
  readonly settings: Settings
  readonly streamSettings: StreamSettings
  readonly broker: Broker
  readonly calls: SessionCalls
  readonly state: SessionState
  readonly restorer: Restorer
  readonly turns: Turns
  /** Asks for the session's id, once for all streams that do; its answer says too whether there is a session. */
  readonly look: (signal: PlatformAbortSignal) => Promise<Look>
  readonly onFrame: (frame: Frame) => void
  readonly onBeat: () => void
}

/** A session's id that a tickle told so lately is used without another one. */
const FRESH_MS = 5000

/** Makes the connector of one stream. */
export function createConnector(parts: ConnectorParts): Connector {
  const { settings, streamSettings, broker, calls, state, restorer, turns, look } = parts
  const { now } = settings
  /** False once the id is doubtful: after a renewal, and after a login that failed. */
  let isTrusted = true
  /** The token was renewed during a login. */
  let isRenewed = false
  let epoch = 0

  async function askSession(signal: PlatformAbortSignal): Promise<void> {
    const { loss } = await look(signal)
    if (!loss) return state.tickled(now(), true)
    state.lose(loss)
    await restorer.restore(state.epoch, signal)
  }

  async function sessionId(signal: PlatformAbortSignal): Promise<string> {
    const told = calls.toldSession()
    const isFresh = told !== undefined && Math.abs(now() - told.atMs) < FRESH_MS
    // While a caller answers an order's question, a tickle would make it invalid.
    const isUsable = isTrusted && told !== undefined && (isFresh || turns.isTaken())
    if (!isUsable) await askSession(signal)
    const id = calls.toldSession()?.id
    if (id !== undefined) return id
    throw newError(
      'RESPONSE_INVALID',
      'The answer to the tickle names no session, without which no stream can be opened.',
    )
  }

  async function prepare(signal: PlatformAbortSignal) {
    await restorer.settled(signal)
    // Who goes on although the broker limits what it takes is blocked.
    const wait = state.wait()
    if (wait?.reason === 'rate-limited') {
      const until = new Date(wait.untilMs).toISOString()
      const message = `The broker limits what it takes: nothing is sent until ${until}.`
      throw newError('RATE_LIMITED', message, { retryAfterMs: wait.untilMs - now() })
    }
    // Also one that open() could not open: accounts and suppressions are still to be asked for.
    if (state.phase !== 'open') await restorer.restore(state.epoch, signal)
    const id = await sessionId(signal)
    epoch = state.epoch
    const { timeoutMs } = settings
    const url = await withDeadline({ timeoutMs, signal, newError }, streamSettings.webSocketUrl)
    return { sessionId: id, url }
  }

  return {
    get epoch() {
      return epoch
    },
    renewed() {
      isTrusted = false
      isRenewed = true
    },
    connect,
  }

  async function connect(signal: PlatformAbortSignal): Promise<Link> {
    const { sessionId: id, url } = await prepare(signal)
    isTrusted = false
    isRenewed = false
    const urlSecrets = [...new URL(url).searchParams.values()].filter(isTelling)
    const link = await openLink(
      {
        ...{ url, sessionId: id, now, way: streamSettings.way },
        timeoutMs: settings.timeoutMs,
        headers: {
          Cookie: broker.cookiesFor(url, `api=${id}`),
          'User-Agent': streamSettings.userAgent,
        },
        secrets: () => [id, ...urlSecrets, ...broker.secrets()],
        onFrame: parts.onFrame,
        onBeat: parts.onBeat,
      },
      signal,
    )
    if (!isRenewed) {
      isTrusted = true
      return link
    }
    link.end('renewed')
    return await connect(signal)
  }
}
