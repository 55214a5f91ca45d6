/**
 * The assembly of a client: a token that is kept, renewed and shared, a `fetch` that carries it, and
 * the events about both. Each package gives what differs.
 */
import {
  type AuthorizedFetchOptions,
  createAuthorizedFetch,
  type RetryUnauthorized,
} from './authorized-fetch.ts'
import type { BaseUrl } from './base-url.ts'
import {
  copyKey,
  createOptionReader,
  type OptionReader,
  readDurationMs,
  readFunction,
  readSignal,
  readWaitUntil,
  readWord,
  refuseOption,
} from './options.ts'
import type { FetchFunction, PlatformAbortSignal } from './runtime-types.ts'
import { readSharing, type SharingOptions } from './store.ts'
import {
  createTokenSource,
  type Renewable,
  type TokenKind,
  type TokenSourceEvent,
  type TokenSourceOptions,
  type WaitUntil,
} from './token-source.ts'

/** What every client tells of its token. */
export type TokenClientEvent =
  | TokenSourceEvent
  /** A renewal after a 401 failed; the 401 itself was returned. */
  | { readonly type: 'renewal-failed'; readonly code: string | undefined }

/** How a client shares its token and renews it, in the same words for every client. */
export interface RenewalOptions extends SharingOptions {
  /** Which requests are repeated once after a 401. Default: `safe` (GET and HEAD). */
  readonly retryUnauthorized?: RetryUnauthorized | undefined
  /** Keeps a Worker alive until a renewal is done: `waitUntil` of `cloudflare:workers`. */
  readonly waitUntil?: WaitUntil | undefined
}

/** The options that every client has beside its own. */
export interface CommonOptions<Event> extends RenewalOptions {
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for a whole call of the client's own, or until the headers of other answers. Default: 20000. */
  readonly timeoutMs?: number | undefined
  /** Told of what happens to the token; what it throws is dropped. */
  readonly onEvent?: ((event: Event) => void) | undefined
}

/** Checked {@link CommonOptions}. */
export interface CommonSettings<Event> extends SharingOptions {
  readonly fetch: FetchFunction | undefined
  readonly timeoutMs: number
  readonly waitUntil: WaitUntil | undefined
  readonly retryUnauthorized: RetryUnauthorized
  /** Tells the caller's listener; what it throws is dropped. */
  readonly emit: (event: Event) => void
}

/** Reads the options that every client has. */
export function readCommonSettings<Event>(
  read: OptionReader<CommonOptions<Event>>,
): CommonSettings<Event> {
  const { add, emit } = createListeners<Event>()
  const fetch = readFunction(read, 'fetch')
  const timeoutMs = readDurationMs(read, 'timeoutMs', 20_000)
  const onEvent = readFunction(read, 'onEvent')
  if (onEvent !== undefined) add(onEvent)
  const retryUnauthorized = readWord(read, 'retryUnauthorized', ['safe', 'replayable', 'never'])
  const waitUntil = readWaitUntil(read)
  return { ...readSharing(read), fetch, timeoutMs, retryUnauthorized, waitUntil, emit }
}

/** A kind of token, and what a caller gives to have one replaced. */
export interface ClientTokenKind<T extends Renewable, Mark> extends TokenKind<T, Mark> {
  readonly markOf: (token: T) => Mark
  readonly isMark: (value: unknown) => boolean
  /** What a mark must be, for the refusal of another. */
  readonly markForm: string
}

/** What a client is put together from. */
export interface TokenClientOptions<T extends Renewable, Mark>
  extends Omit<TokenSourceOptions<T, Mark>, keyof TokenKind<T, Mark> | 'onEvent'>,
    Omit<AuthorizedFetchOptions<T>, 'token' | 'repair' | 'onRenewalFailed'> {
  readonly kind: ClientTokenKind<T, Mark>
  readonly base: BaseUrl
  /** The path below the base where `fetch` works, which callers may write out. Default: the base itself. */
  readonly path?: string | undefined
  /** Mends what a 401 shows to be wrong beside the token. Default: nothing can be. */
  readonly repair?: AuthorizedFetchOptions<T>['repair'] | undefined
  readonly emit: (event: TokenClientEvent) => void
}

/** What every client offers of its token, under names of its own. */
export interface TokenClient<T extends Renewable, Mark> {
  readonly fetch: FetchFunction
  /** The current token, obtained or renewed as needed. */
  token(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: Mark | undefined
  }): Promise<T>
  /** Calls `listener` after each renewal; gives a function to stop. */
  onRenewed(listener: () => void): () => void
}

/** Puts a client together. Nothing is sent or read before it is used. */
export function createTokenClient<T extends Renewable, Mark>(
  options: TokenClientOptions<T, Mark>,
): TokenClient<T, Mark> {
  const { newError, base, path = '', kind, repair = () => false } = options
  const renewals = createListeners<void>()
  const emit = (event: TokenClientEvent) => {
    options.emit(event)
    if (event.type === 'renewed') renewals.emit()
  }
  const tokens = createTokenSource({ ...options, ...kind, onEvent: emit })
  const authorized = createAuthorizedFetch<T>({
    ...options,
    repair,
    base: { ...base, href: base.href + path, path: base.path + path },
    token: ({ signal, replacing }) =>
      tokens.get({ signal, replacing: replacing && kind.markOf(replacing) }),
    onRenewalFailed: (error) =>
      emit({ type: 'renewal-failed', code: (error as { code?: string } | undefined)?.code }),
  })

  return {
    fetch(input, init) {
      const rooted = typeof input === 'string' && path ? input.replace(/^\/?/, '/') : ''
      return authorized(rooted.startsWith(`${path}/`) ? base.href + rooted : input, init)
    },
    async token(given) {
      const read = createOptionReader(given, newError)
      const replacing = copyKey(read.value('replacing'))
      if (replacing !== undefined && !kind.isMark(replacing)) {
        read.refuse('replacing', kind.markForm)
      }
      const isInsisting = replacing !== undefined
      return await tokens.get({ signal: readSignal(read), replacing, isInsisting })
    },
    onRenewed(listener) {
      if (typeof listener !== 'function') {
        refuseOption(newError, 'listener', listener, 'a function')
      }
      return renewals.add(listener)
    },
  }
}

/** A set of listeners. */
export interface Listeners<E> {
  /** Adds a listener; the function returned removes it. */
  add(listener: (event: E) => void): () => void
  /** Tells every listener; what a listener throws is dropped. */
  emit(event: E): void
}

/** Makes an empty set of listeners. */
export function createListeners<E>(): Listeners<E> {
  const calls = new Set<(event: E) => void>()
  return {
    add(listener) {
      // A promise takes an exception and an async listener's rejection alike.
      const call = (event: E) => {
        new Promise((done) => done(listener(event))).catch(() => {})
      }
      calls.add(call)
      return () => {
        calls.delete(call)
      }
    },
    emit(event) {
      // Those that were there when it happened, unless one was taken away since: one that is added meanwhile is told of the next.
      for (const call of [...calls]) if (calls.has(call)) call(event)
    },
  }
}
