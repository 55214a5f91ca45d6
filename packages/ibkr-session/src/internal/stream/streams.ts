/**
 * The streams of a session, and what the session tells them.
 */
import type { AskedRequest } from '../asked-request.ts'
import { newError } from '../errors.ts'
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
  parts: Omit<StreamParts, 'streamSettings' | 'options' | 'accountCalls' | 'onClosed'>,
): Streams {
  const { settings, restorer, state, fetch } = parts
  const accountCalls = createAccountCalls(
    fetch,
    settings.now,
    settings.timeoutMs,
    () => state.epoch,
  )
  const opened = new Set<OpenedStream>()

  return {
    async open(options) {
      const streamSettings = checkStream(options, settings.connection)
      options.signal?.throwIfAborted()
      if (restorer.intent === undefined) {
        throw newError('NO_BRIDGE', 'There is no brokerage session yet: call open() first.')
      }
      let own: OpenedStream | undefined
      const onClosed = () => {
        if (own) opened.delete(own)
      }
      return await openStream(
        { ...parts, streamSettings, options, accountCalls, onClosed },
        (told) => {
          own = told
          opened.add(told)
        },
      )
    },
    alive() {
      for (const stream of opened) stream.alive()
    },
    renewed() {
      for (const stream of opened) stream.renewed()
    },
    asked({ method, path, query }, isGood) {
      const isGet = method === 'GET'
      // The broker counts a HEAD as the GET that it stands for; it tells nothing.
      if (!isGet && method !== 'HEAD') return
      if (isPaced(path)) accountCalls.noticed(path, isGet && isGood === true, query)
      if (isGood === undefined || !isFilteredOrders(path, query)) return
      for (const stream of opened) stream.ordersSilenced()
    },
    async close() {
      for (const { stream } of opened) await stream.close()
    },
  }
}
