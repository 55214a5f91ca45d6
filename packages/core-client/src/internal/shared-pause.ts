/**
 * The pause after a sign-in that failed, as a fleet shares it: a sealed entry of the store for each set of
 * credentials, so that mended ones are tried at once, and no other set's pause is lost to them.
 */
import { bytesToHex, type CodedError, utf8ToBytes } from '@isoauth/core-crypto'
import { withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import { type Pause, RETRY_AFTER_LIMIT_MS } from './hold-back.ts'
import { parseJsonObject } from './response-body.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import {
  entryKey,
  openSharedEntry,
  type SharedEntry,
  type SharingOptions,
  type StoreOperation,
} from './store.ts'

/** What members tell each other of a pause; without a store reading gives nothing, writing does nothing. */
export interface SharedPause {
  /** The pause that a member with the same credentials began, if there is one. */
  read(signal: PlatformAbortSignal): Promise<Pause | undefined>
  /** Tells the others of a pause. */
  write(pause: Pause): Promise<void>
  /** Tells the others that this member tries, after a pause that is over; without one, nothing. */
  claim(forMs: number): Promise<void>
  /** Tells the others that sign-in succeeded; without a pause, nothing. */
  end(): Promise<void>
}

/** Tells the credentials that sign in; the signal ends what that costs. */
export type Credentials = (signal: PlatformAbortSignal) => Promise<readonly (string | Uint8Array)[]>

/** How a pause is shared. */
export interface SharedPauseOptions extends SharingOptions {
  /** The package and what tells one sign-in from another, for the entry's name. */
  readonly packageName: string
  readonly identity: readonly string[]
  /** What tells the credentials from others of the same identity. Hashed. Default: nothing. */
  readonly credentials?: Credentials | undefined
  readonly newError: NewError
  /** Milliseconds to wait for one operation of the store. */
  readonly timeoutMs: number
  readonly now: () => number
}

/** How a store that fails is dealt with. */
export interface PauseStoreOptions {
  /** True while the store is known not to answer: then it is not waited for. Default: never. */
  readonly isDown?: (() => boolean) | undefined
  /** Told of failures of the store. Default: nobody, where the token's entry tells of them already. */
  readonly onStoreEvent?:
    | ((event: { readonly type: 'store-failed'; readonly operation: StoreOperation }) => void)
    | undefined
}

/** A pause is remembered so long after its end, for the next one to be longer. */
const MEMORY_MS = 1_200_000

/** Opens what is shared. Nothing is read before it is asked for. */
export function openSharedPause(options: SharedPauseOptions & PauseStoreOptions): SharedPause {
  const { now, packageName, identity, newError, isDown, onStoreEvent = () => {} } = options
  let opened: Promise<SharedEntry | undefined> | undefined
  /** The last pause read or written, also where it is over, and its entry. */
  let last: { readonly pause: StoredPause; readonly entry: SharedEntry } | undefined

  /** The entry of these credentials; none without a store, or where they cannot be told. */
  async function open(signal?: PlatformAbortSignal): Promise<SharedEntry | undefined> {
    if (options.store === undefined) return undefined
    // Once: to tell a key that is elsewhere costs a signature there.
    opened ??= openEntry(signal)
    const entry = await opened
    // What could not be told may be told the next time.
    if (entry === undefined) opened = undefined
    return entry
  }

  async function openEntry(signal?: PlatformAbortSignal): Promise<SharedEntry | undefined> {
    const thumbprint = await thumbprintOf(options, signal)
    if (thumbprint === undefined) return undefined
    const key = await entryKey(packageName, [...identity, 'pause', thumbprint])
    return openSharedEntry({ ...options, key, onEvent: onStoreEvent })
  }

  return {
    async read(signal) {
      if (isDown?.()) return undefined
      const entry = await open(signal)
      signal.throwIfAborted()
      const text = await entry?.read(signal)
      const pause = text === undefined ? undefined : readPause(text)
      last = entry && pause && { pause, entry }
      return pause && { ...pause, error: revive(pause, newError) }
    },
    async write({ error, ...pause }) {
      const { code, message, option } = error
      // A member's own `fetch` holds up no other member.
      if (option === 'fetch') return
      const entry = await open()
      if (!entry) return
      const stored = { ...pause, code, message }
      last = { pause: stored, entry }
      await entry.write(JSON.stringify(stored), pause.untilMs - now() + MEMORY_MS)
    },
    async claim(forMs) {
      if (!last) return
      const claimed = { ...last.pause, sinceMs: now(), untilMs: now() + forMs }
      await last.entry.write(JSON.stringify(claimed), forMs + MEMORY_MS)
    },
    async end() {
      await last?.entry.remove()
      last = undefined
    },
  }
}

/** True for what counts, or tells a time. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** A pause as the store keeps it. */
interface StoredPause extends Omit<Pause, 'error'> {
  readonly code: string
  readonly message: string
}

function readPause(text: string): StoredPause | undefined {
  const { code, message, sinceMs, untilMs, failures } = parseJsonObject(text) ?? {}
  const areTexts = [code, message].every((value) => typeof value === 'string')
  const areNumbers = [sinceMs, untilMs, failures].every(isCount)
  // No pause of ours is so long, whoever wrote this one.
  const isShort = () => Number(untilMs) - Number(sinceMs) <= 2 * RETRY_AFTER_LIMIT_MS
  if (!areTexts || !areNumbers || !isShort()) return undefined
  return { code, message, sinceMs, untilMs, failures } as StoredPause
}

/** SHA-256 of the credentials, in hexadecimal; undefined where they cannot be told (a signing function fails or does not answer). */
async function thumbprintOf(
  {
    credentials = async () => [],
    timeoutMs,
  }: Pick<SharedPauseOptions, 'credentials' | 'timeoutMs'>,
  signal: PlatformAbortSignal | undefined,
): Promise<string | undefined> {
  try {
    // A key that is elsewhere may not answer; nobody else is to wait for it.
    const parts = (await withDeadline({ timeoutMs, signal }, credentials)).map((part) =>
      typeof part === 'string' ? part : bytesToHex(part),
    )
    const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(JSON.stringify(parts)))
    return bytesToHex(new Uint8Array(digest))
  } catch {
    return undefined
  }
}

/** The error that another member was given, made anew: its class, code and text. */
function revive({ code, message, untilMs }: StoredPause, newError: NewError): CodedError {
  // A client's errors are of one class; the code is set as it was, whichever it is.
  const error = newError('NETWORK', message) as CodedError
  return Object.assign(error, { code, nextAttemptAtMs: untilMs })
}
