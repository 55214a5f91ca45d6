/**
 * The streams of a session, and what the session tells them.
 */
import { createSingleFlight, type PlatformAbortSignal } from '@isoauth/core-client'
import type { AskedRequest } from '../asked-request.ts'
import { newError } from '../errors.ts'
import { firmWaitMs } from '../failure.ts'
import type { Look } from '../session-calls.ts'
import { createAccountCalls, isFilteredOrders, isPaced } from './account-calls.ts'
import { type BrokerStream, type OpenedStream, openStream, type StreamParts } from './stream.ts'
import { checkStream, type StreamOptions } from './stream-settings.ts'

/** The streams of one session. */
export interface Streams {
  open(options: StreamOptions): Promise<BrokerStream>
  /** A good tickle, or an opening. */
  alive(): void
  /** The connection's token was renewed. */
  renewed(): void
  /** A request is sent; or was answered (`isGood`: by a 2xx) or lost. */
  asked(asked: AskedRequest, isGood?: boolean): void
  close(): Promise<void>
}

/** Makes the streams of one session; none is open. */
export function createStreams(
  parts: Omit<StreamParts, 'streamSettings' | 'options' | 'accountCalls' | 'look' | 'opened'>,
): Streams {
  const { settings, calls, restorer, state, turns, fetch } = parts
  const accountCalls = createAccountCalls(
    fetch,
    settings.now,
    settings.timeoutMs,
    () => state.epoch,
    turns.ownWhenFree,
  )
  const opened = new Set<OpenedStream>()
  let looking = createSingleFlight<Look>()

  async function lookOnce(signal: PlatformAbortSignal): Promise<Look> {
    const { epoch } = state
    const found = await calls.look(signal)
    // Opened again meanwhile: what was lost before that is not this one.
    return epoch === state.epoch ? found : {}
  }

  const look = (signal: PlatformAbortSignal) =>
    looking(async (left) => {
      try {
        return await turns.ownWhenFree(() => lookOnce(left), left)
      } catch (error) {
        // What the broker limits is limited for the other streams and for the keeper too.
        if (firmWaitMs(error, settings.now())) restorer.failed(error)
        throw error
      }
    }, signal)

  return {
    async open(options) {
      const streamSettings = checkStream(options, settings.connection)
      options.signal?.throwIfAborted()
      if (restorer.intent === undefined) {
        throw newError('NO_BRIDGE', 'There is no brokerage session yet: call open() first.')
      }
      return await openStream({ ...parts, streamSettings, options, accountCalls, look, opened })
    },
    alive() {
      for (const stream of opened) stream.alive()
    },
    renewed() {
      // One that is under way may tell the id of before.
      looking = createSingleFlight()
      for (const stream of opened) stream.renewed()
    },
    asked({ method, path, query }, isGood) {
      const isGet = method === 'GET'
      // The broker counts a HEAD as the GET that it stands for; it tells nothing.
      if (!isGet && method !== 'HEAD') return
      if (isPaced(path)) accountCalls.noticed(path, isGet && isGood, query)
      if (isGood === undefined || !isFilteredOrders(path, query)) return
      for (const stream of opened) stream.ordersSilenced()
    },
    async close() {
      for (const { stream } of opened) await stream.close()
    },
  }
}
