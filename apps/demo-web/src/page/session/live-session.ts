/**
 * A brokerage session with a stream, as a program would open it, over the keys of the handshake; what it tells of
 * itself becomes one state that a page can show.
 */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import {
  type BrokerageSession,
  type BrokerageSessionEvent,
  type BrokerStream,
  createBrokerageSession,
  type StreamEvent,
} from '@isoauth/ibkr-session'
import { type HandshakeSession, optionsOf } from '../handshake/handshake.ts'
import { type Market, openMarket } from './market.ts'
import { CLOSED, type Entry, type Snapshot } from './snapshot.ts'

export interface LiveSession {
  /** Cuts every socket, and lets none in for a moment. */
  cut(): Promise<void>
  /** Ends the session at the broker, as its nightly reset does. */
  lose(): Promise<void>
  close(): Promise<void>
}

/** So many ticks and entries are kept. */
const TICKS = 600
const ENTRIES = 30
const KEEP_ALIVE_MS = 5000
const CONID = 265598
const LAST_PRICE = '31'

/**
 * Opens the session and its stream; `show` is told of each change.
 *
 * @throws IbkrSessionError `IBKR_SESSION_COMPETING` where another platform has it and `compete` is false
 */
export async function openLiveSession(
  handshake: HandshakeSession,
  { compete, show }: { readonly compete: boolean; readonly show: (snapshot: Snapshot) => void },
): Promise<LiveSession> {
  let snapshot: Snapshot = { ...CLOSED, session: 'opening' }
  let stream: BrokerStream | undefined
  const session: BrokerageSession = createBrokerageSession({
    connection: createIbkrOAuth1(optionsOf(handshake)),
    onEvent: (event) => tell(wordsOfSession(event)),
  })

  function update(change: Partial<Snapshot>): void {
    const { state, epoch, lastGoodTickleAtMs, lostReason } = session.health()
    const { state: streamState = 'closed', connections = 0 } = stream?.health() ?? {}
    snapshot = {
      ...snapshot,
      session: state === 'new' ? 'opening' : state,
      isTaken: lostReason === 'competing',
      epoch,
      lastTickleAtMs: lastGoodTickleAtMs,
      stream: streamState,
      connections,
      ...change,
    }
    show(snapshot)
  }

  function tell(said: Omit<Entry, 'atMs'> | undefined, change: Partial<Snapshot> = {}): void {
    const entry = said && { ...said, atMs: Date.now() }
    const { entries } = snapshot
    update({ ...change, ...(entry && { entries: [...entries, entry].slice(-ENTRIES) }) })
  }

  function onStream(event: StreamEvent): void {
    if (event.type === 'message') {
      const price = Number(Object(event.message.data)[LAST_PRICE])
      const tick = { atMs: Date.now(), price }
      if (price > 0) update({ ticks: [...snapshot.ticks, tick].slice(-TICKS) })
    } else if (event.type === 'gap') {
      const { fromMs, toMs } = event
      tell(wordsOfStream(event), { gaps: [...snapshot.gaps, { fromMs, toMs }] })
    } else tell(wordsOfStream(event))
  }

  update({})
  let market: Market | undefined
  const timer = setInterval(() => update({}), 1000)
  const close = async (): Promise<void> => {
    clearInterval(timer)
    market?.close()
    try {
      await session.close({ logout: true })
    } finally {
      update({ session: 'closed', stream: 'closed' })
    }
  }
  try {
    await session.open({ compete })
    session.keepAlive({ intervalMs: KEEP_ALIVE_MS })
    stream = await session.openStream({ onEvent: onStream })
    stream.subscribe({
      topic: 'md',
      key: String(CONID),
      parameters: { fields: [LAST_PRICE] },
      bufferLimit: 0,
    })
    market = openMarket({
      conid: CONID,
      field: LAST_PRICE,
      price: () => snapshot.ticks.at(-1)?.price ?? 100,
    })
    update({})
    const { cut, lose } = market
    return { cut, lose, close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

function wordsOfSession(event: BrokerageSessionEvent): Omit<Entry, 'atMs'> | undefined {
  switch (event.type) {
    case 'opened':
      return { tone: 'good', text: 'The brokerage session is open.' }
    case 'lost':
      return { tone: 'bad', text: `The session is lost: ${event.reason.replaceAll('-', ' ')}.` }
    case 'reopened':
      return { tone: 'good', text: `The session is back after ${seconds(event.downMs)}.` }
    case 'competing':
      return { tone: 'bad', text: 'Another platform has the session; it is not taken from it.' }
    case 'waiting':
      return { tone: 'plain', text: `The next attempt waits: ${event.reason}.` }
    case 'given-up':
      return { tone: 'bad', text: `Given up: ${event.message}` }
    default:
      return undefined
  }
}

function wordsOfStream(event: StreamEvent): Omit<Entry, 'atMs'> | undefined {
  switch (event.type) {
    case 'ready':
      return { tone: 'good', text: `Socket ${event.connections} is logged in.` }
    case 'lost':
      return { tone: 'bad', text: `The socket is gone: ${event.reason.replaceAll('-', ' ')}.` }
    case 'waiting':
      return { tone: 'plain', text: 'Another socket is tried in a moment.' }
    case 'gap':
      return {
        tone: 'bad',
        text: `A gap of ${seconds(event.toMs - event.fromMs)}: what happened in it was not sent.`,
      }
    case 'refused':
      return { tone: 'bad', text: `The broker refused: ${event.message}` }
    default:
      return undefined
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
