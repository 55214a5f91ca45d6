/**
 * What a fleet shares of a token: the token itself, and the pause after a sign-in that failed, each in a
 * sealed entry of the store, and the lock under which one member renews.
 */
import { bytesToHex, type CodedError, utf8ToBytes } from '@isoauth/core-crypto'
import type { NewError } from './errors.ts'
import type { Pause } from './hold-back.ts'
import { parseJsonObject } from './response-body.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import {
  entryKey,
  openSharedEntry,
  type SharedEntry,
  type SharingOptions,
  type StoreOperation,
  underLock,
} from './store.ts'

/** A token as the store keeps it. */
export interface StoredToken<T> {
  readonly value: T
  /** Counts renewals, so that no older token takes a newer one's place whatever the clocks say. */
  readonly generation: number
}

/** What is shared; where nothing is, reading gives nothing and writing does nothing. */
export interface SharedToken<T> {
  readonly isShared: boolean
  read(signal: PlatformAbortSignal): Promise<StoredToken<T> | undefined>
  write(token: StoredToken<T>): Promise<void>
  /** The generation after all that were seen. */
  nextGeneration(held: StoredToken<T> | undefined): number
  /** The pause that a member with the same credentials began, if it lasts. */
  readPause(signal: PlatformAbortSignal): Promise<Pause | undefined>
  /** Tells the others of a pause. */
  writePause(pause: Pause): Promise<void>
  /** Tells the others that this member tries, after a pause that is over; without one, nothing. */
  claim(forMs: number): Promise<void>
  /** Runs work while no other renews. */
  exclusively(work: () => Promise<void>, signal: PlatformAbortSignal): Promise<void>
}

/** How a token is shared. */
export interface SharedTokenOptions<T> extends SharingOptions {
  readonly packageName: string
  readonly identity: readonly string[]
  readonly credentials?: (() => Promise<readonly (string | Uint8Array)[]>) | undefined
  readonly serialize: (token: T) => string
  readonly deserialize: (text: string) => T | undefined
  readonly newError: NewError
  readonly timeoutMs: number
  readonly now: () => number
  readonly onEvent: (
    event:
      | { readonly type: 'store-failed'; readonly operation: StoreOperation }
      | { readonly type: 'lock-failed' },
  ) => void
}

/** The longest wait for a store and for a lock, in milliseconds; a caller's time may be shorter. */
const STORE_WAIT_MS = 5000
const LOCK_WAIT_MS = 30_000
/** A pause is remembered so long after its end, for the next one to be longer. */
const PAUSE_MEMORY_MS = 1_200_000

/** Opens what is shared. Nothing is read before it is asked for. */
export function openSharedToken<T extends { readonly expiresAtMs: number }>(
  options: SharedTokenOptions<T>,
): SharedToken<T> {
  const { lock, now, onEvent, packageName, identity, timeoutMs } = options
  const isShared = options.store !== undefined
  const storeWaitMs = Math.min(STORE_WAIT_MS, timeoutMs / 4)
  let entries: Promise<Entries> | undefined
  let seenGeneration = 0
  /** True while the store cannot be read: then it is not waited for a second time. */
  let isDown = false
  /** The last pause read, also where it is over. */
  let lastPause: SharedPause | undefined

  const open = () => {
    entries ??= openEntries()
    return entries
  }

  const tell: typeof onEvent = (event) => {
    isDown = event.type === 'store-failed' && event.operation === 'read'
    onEvent(event)
  }

  async function openEntries(): Promise<Entries> {
    const lockName = await entryKey(packageName, identity)
    if (!isShared) return { lockName }
    const pauseKey = await entryKey(packageName, [...identity, 'pause'])
    const common = { ...options, timeoutMs: storeWaitMs }
    return {
      lockName,
      token: openSharedEntry({ ...common, key: lockName, onEvent: tell }),
      // The token's entry tells already what is wrong with the store.
      pause: openSharedEntry({ ...common, key: pauseKey, onEvent: () => {} }),
    }
  }

  return {
    isShared,
    async read(signal) {
      isDown = false
      const text = await (await open()).token?.read(signal)
      const stored = text === undefined ? undefined : readStored(text, options.deserialize)
      seenGeneration = Math.max(seenGeneration, stored?.generation ?? 0)
      return stored
    },
    async write({ value, generation }) {
      const { token, pause } = await open()
      const text = JSON.stringify({ generation, token: options.serialize(value) })
      await token?.write(text, value.expiresAtMs - now())
      if (lastPause) await pause?.remove()
      lastPause = undefined
    },
    nextGeneration: (held) => Math.max(seenGeneration, held?.generation ?? 0) + 1,
    async readPause(signal) {
      if (isDown) return undefined
      const text = await (await open()).pause?.read(signal)
      const found = text === undefined ? undefined : readPause(text)
      const isOurs = found !== undefined && found.thumbprint === (await thumbprintOf(options))
      lastPause = isOurs ? found : undefined
      if (!lastPause) return undefined
      return { ...lastPause, error: revive(lastPause, options.newError) }
    },
    async writePause({ error, ...pause }) {
      const { pause: entry } = await open()
      if (!entry) return
      const { code, message } = error
      const thumbprint = await thumbprintOf(options)
      if (thumbprint === undefined) return
      lastPause = { ...pause, code, message, thumbprint }
      await entry.write(JSON.stringify(lastPause), pause.untilMs - now() + PAUSE_MEMORY_MS)
    },
    async claim(forMs) {
      if (!lastPause) return
      const claimed = { ...lastPause, sinceMs: now(), untilMs: now() + forMs }
      const { pause } = await open()
      await pause?.write(JSON.stringify(claimed), forMs + PAUSE_MEMORY_MS)
    },
    async exclusively(work, signal) {
      const { lockName } = await open()
      const waitMs = Math.min(LOCK_WAIT_MS, timeoutMs / 2)
      const onFailure = () => onEvent({ type: 'lock-failed' })
      await underLock(lock, lockName, work, { signal, onFailure, waitMs })
    },
  }
}

interface Entries {
  readonly lockName: string
  readonly token?: SharedEntry | undefined
  readonly pause?: SharedEntry | undefined
}

/** A pause as the store keeps it. */
interface SharedPause extends Omit<Pause, 'error'> {
  readonly code: string
  readonly message: string
  readonly thumbprint: string
}

function readStored<T>(
  text: string,
  deserialize: (text: string) => T | undefined,
): StoredToken<T> | undefined {
  const { generation, token } = parseJsonObject(text) ?? {}
  if (typeof token !== 'string' || !isCount(generation)) return undefined
  try {
    const value = deserialize(token)
    return value === undefined ? undefined : { value, generation }
  } catch {
    // What does not decode is no token.
    return undefined
  }
}

function readPause(text: string): SharedPause | undefined {
  const { code, message, thumbprint, sinceMs, untilMs, failures } = parseJsonObject(text) ?? {}
  const areTexts = [code, message, thumbprint].every((value) => typeof value === 'string')
  const areNumbers = [sinceMs, untilMs, failures].every(isCount)
  if (!areTexts || !areNumbers) return undefined
  return { code, message, thumbprint, sinceMs, untilMs, failures } as SharedPause
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** SHA-256 of the credentials, in hexadecimal; undefined where they cannot be told (a signing function fails). */
async function thumbprintOf({
  credentials = async () => [],
}: Pick<SharedTokenOptions<never>, 'credentials'>): Promise<string | undefined> {
  try {
    const parts = (await credentials()).map((part) =>
      typeof part === 'string' ? part : bytesToHex(part),
    )
    const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(JSON.stringify(parts)))
    return bytesToHex(new Uint8Array(digest))
  } catch {
    return undefined
  }
}

/** The error that another member was given, made anew: its class, code and text. */
function revive({ code, message, untilMs }: SharedPause, newError: NewError): CodedError {
  // A client's errors are of one class; the code is set as it was, whichever it is.
  const error = newError('NETWORK', message) as CodedError
  return Object.assign(error, { code, nextAttemptAtMs: untilMs })
}
