/**
 * The options, checked when given.
 */
import {
  createListeners,
  createOptionReader,
  isBrowser,
  type Listeners,
  type OptionReader,
  type PlatformAbortSignal,
  readDurationMs,
  readFlag,
  readFunction,
  readNow,
  readSharing,
  readSignal,
  readText,
  readWaitUntil,
  type SharingOptions,
  type WaitUntil,
} from '@isoauth/core-client'
import type { BrokerConnection } from './connection.ts'
import { newError, refuse } from './errors.ts'
import type { BrokerageSessionEvent } from './events.ts'

/** The options of `createBrokerageSession`. */
export interface BrokerageSessionOptions extends SharingOptions {
  /** A client of `@isoauth/ibkr-oauth1`, a session of `@isoauth/ibkr-sso`, or alike. */
  readonly connection: BrokerConnection
  /**
   * Kinds of order questions that are not to be asked, by the broker's ids such as `o163`. They last as long
   * as one brokerage session, so they are sent after every opening. Default: none.
   */
  readonly suppress?: readonly string[] | undefined
  /**
   * Keeps the broker's cookies between calls, so that a session stays with the machine that holds it.
   * Default: true, where a `Cookie` header can be set (not in browsers).
   */
  readonly cookies?: boolean | undefined
  /** Told of what happens to the session; what it throws is dropped. */
  readonly onEvent?: ((event: BrokerageSessionEvent) => void) | undefined
  /**
   * Names what the members of a fleet share, one name for each user name at the broker: required with
   * `store` or `lock`. It becomes part of a digest and shows nowhere.
   */
  readonly sharedAs?: string | undefined
  /**
   * About how many members the fleet has. Eight of them, drawn by lot, look every 5 s whether the keeper lives, and
   * keep the session alive while the store is down; the others look once a minute. After a 429 each waits up to so many
   * seconds longer, by lot. Default: 8.
   */
  readonly fleetSize?: number | undefined
  /** Keeps a Worker alive until a session that was found lost is open again: `waitUntil` of `cloudflare:workers`. */
  readonly waitUntil?: WaitUntil | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Milliseconds for one call, the reading of its answer included. Default: 20000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds for an opening as a whole, the wait until the session is ready included. Default: 60000. */
  readonly openTimeoutMs?: number | undefined
}

/** How the session is opened. */
export interface OpenOptions {
  /**
   * True takes the session of the user name over: whoever is signed in with it in TWS, the phone app or the
   * portal is thrown out. False leaves them alone, and the opening fails while they are there.
   */
  readonly compete: boolean
  /** The broker answers false with an error; leave it out. Default: true. */
  readonly publish?: boolean | undefined
  /** Ends the opening. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** How the session is kept alive. */
export interface KeepAliveOptions {
  /** Milliseconds from one tickle to the next: 1000 to 300000. Default: 60000. */
  readonly intervalMs?: number | undefined
  /** Ends the keeping; the session itself stays open. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** Checked {@link BrokerageSessionOptions}. */
export interface Settings extends SharingOptions {
  readonly connection: BrokerConnection
  readonly suppress: readonly string[]
  readonly keepsCookies: boolean
  readonly listeners: Listeners<BrokerageSessionEvent>
  readonly sharedAs: string
  readonly fleetSize: number
  readonly waitUntil: WaitUntil | undefined
  readonly now: () => number
  readonly timeoutMs: number
  readonly openTimeoutMs: number
}

/** Checked {@link OpenOptions}, without the signal. */
export interface Intent {
  readonly compete: boolean
  readonly publish: boolean
}

/** So many members of a fleet watch its keeper. */
export const WATCHERS = 8
/** The broker ends a session after five to six minutes without a tickle. */
export const INTERVAL_LIMIT_MS = 300_000
/** The most suppressions of one call. */
export const SUPPRESS_LIMIT = 51

/** Makes the reader of this package's options. */
export function readOptions<O extends object>(options: O | undefined): OptionReader<O> {
  return createOptionReader(options, newError)
}

/** Makes the `on` of a session or a stream: a listener for one kind of its events. */
export function createOn<Event extends { readonly type: string }>(
  types: readonly Event['type'][],
  { add }: Listeners<Event>,
) {
  return <Type extends Event['type']>(
    type: Type,
    listener: (event: Extract<Event, { readonly type: Type }>) => void,
  ): (() => void) => {
    if (!types.includes(type)) refuse('type', type, `one of ${types.join(', ')}`)
    if (typeof listener !== 'function') refuse('listener', listener, 'a function')
    return add((event) => {
      if (event.type === type) listener(event as Extract<Event, { readonly type: Type }>)
    })
  }
}

/** Checks {@link BrokerageSessionOptions}. */
export function checkOptions(options: BrokerageSessionOptions): Settings {
  const read = readOptions(options)
  const listeners = createListeners<BrokerageSessionEvent>()
  const onEvent = readFunction(read, 'onEvent')
  const settings = {
    connection: checkConnection(read),
    suppress: checkSuppress(read),
    keepsCookies:
      !isBrowser() && (read.value('cookies') === undefined || readFlag(read, 'cookies')),
    listeners,
    ...checkSharing(read),
    fleetSize: checkFleetSize(read),
    waitUntil: readWaitUntil(read),
    now: readNow(read),
    timeoutMs: readDurationMs(read, 'timeoutMs', 20_000),
    openTimeoutMs: readDurationMs(read, 'openTimeoutMs', 60_000),
  }
  if (onEvent !== undefined) listeners.add(onEvent)
  return settings
}

/** Checks {@link OpenOptions}. */
export function checkOpen(options: OpenOptions): Intent {
  const read = readOptions(Object(options) === options ? options : undefined)
  const compete = read.value('compete')
  if (typeof compete !== 'boolean') {
    return read.refuse(
      'compete',
      'true or false, and has no default: true ends the session that the same user name has in TWS, the phone app or the portal; false leaves it alone, and then open() fails while it lasts',
    )
  }
  const publish = read.value('publish') === undefined || readFlag(read, 'publish')
  readSignal(read)
  return { compete, publish }
}

/** Checks {@link KeepAliveOptions}. */
export function checkKeepAlive(options: KeepAliveOptions): number {
  const read = readOptions(options)
  const intervalMs = readDurationMs(read, 'intervalMs', 60_000)
  const isRight = intervalMs >= 1000 && intervalMs <= INTERVAL_LIMIT_MS
  readSignal(read)
  if (isRight) return intervalMs
  return read.refuse(
    'intervalMs',
    'milliseconds from 1000 (the broker takes one tickle a second) to 300000 (it ends a session after five to six minutes without one)',
  )
}

function checkConnection(read: OptionReader<BrokerageSessionOptions>): BrokerConnection {
  const connection = read.value('connection') as BrokerConnection | undefined
  const optional = [connection?.webSocketUrl, connection?.onRenewed]
  const isRight =
    typeof connection?.fetch === 'function' &&
    optional.every((method) => method === undefined || typeof method === 'function')
  if (connection && isRight) return connection
  return read.refuse(
    'connection',
    'a client of @isoauth/ibkr-oauth1, a session of @isoauth/ibkr-sso, or an object with fetch and, where it has them, webSocketUrl and onRenewed',
  )
}

function checkSuppress(read: OptionReader<BrokerageSessionOptions>): readonly string[] {
  const ids = read.value('suppress', [])
  const isId = (id: unknown) => typeof id === 'string' && /^[a-z]\d{1,8}$/.test(id)
  if (Array.isArray(ids) && ids.every(isId)) return [...new Set(ids)]
  return read.refuse('suppress', "an array of the broker's message ids, such as 'o163'")
}

function checkFleetSize(read: OptionReader<BrokerageSessionOptions>): number {
  const size = read.value('fleetSize', WATCHERS)
  if (Number.isInteger(size) && size >= 1) return size
  return read.refuse('fleetSize', 'a whole number of members, 1 or more')
}

function checkSharing(
  read: OptionReader<BrokerageSessionOptions>,
): SharingOptions & { readonly sharedAs: string } {
  const sharing = readSharing(read)
  const isShared = sharing.store !== undefined || sharing.lock !== undefined
  if (!isShared && read.value('sharedAs') === undefined) return { ...sharing, sharedAs: '' }
  const form =
    "a text that all members of the fleet give for this user name, and no other, such as the broker's user name"
  return { ...sharing, sharedAs: readText(read, 'sharedAs', form) }
}
