/**
 * What the members of a fleet know of their one session: a sealed entry of the store, in which its keeper
 * shows that it lives, and the lock under which one member opens or takes over.
 *
 * A store without compare-and-set can bring an older entry back (two members wrote at once, a machine slept).
 * So each entry carries its term (raised when another member takes over), its revision and the session's epoch:
 * what is older than what a member has seen is not believed.
 */
import {
  entryKey,
  openSharedEntry,
  type PlatformAbortSignal,
  parseJsonObject,
  type SharedEntry,
  underLock,
} from '@isoauth/core-client'
import { bytesToHex, randomBytes } from '@isoauth/core-crypto'
import type { BrokerageSessionEvent, LostReason, WaitReason } from './events.ts'
import { createOpeningSign, type OpeningSign } from './opening-sign.ts'
import type { Settings } from './settings.ts'

/** What is known of the session in a fleet. */
export interface SharedFacts {
  readonly epoch: number
  readonly isOpen: boolean
  readonly lostReason?: LostReason | undefined
  /** The last good tickle, in milliseconds since 1970 on this member's clock. */
  readonly tickledAtMs: number
  /** Until when nothing is tried, on this member's clock. */
  readonly waitUntilMs?: number | undefined
  readonly waitReason?: WaitReason | undefined
}

/** What an entry says, its times on this member's clock, and whether it is recent. */
export interface FoundFacts extends SharedFacts {
  readonly isFresh: boolean
}

/** A member's part in the fleet. */
export type Role = 'keeper' | 'follower'

/** The session as a fleet shares it. */
export interface SharedSession {
  readonly isShared: boolean
  isKeeper(): boolean
  /** What the newest entry says; undefined where there is none, or the store fails. */
  read(signal: PlatformAbortSignal): Promise<FoundFacts | undefined>
  /** Tells the others. */
  write(facts: SharedFacts): Promise<void>
  /**
   * Finds out who keeps the session, takes that over from a keeper that shows no life, and shows this
   * member's own life when it is time.
   */
  lead(
    facts: () => SharedFacts,
    signal: PlatformAbortSignal,
  ): Promise<{ readonly role: Role; readonly found?: FoundFacts | undefined }>
  /** Hands over at once. */
  resign(facts: SharedFacts): Promise<void>
  /** Runs an opening while no other member opens the session. */
  opening<T>(work: () => Promise<T>, signal: PlatformAbortSignal): Promise<T>
}

/** A keeper shows its life so often, and is taken for dead after so long a silence, in milliseconds. */
export const LIFE_SIGN_MS = 7000
const SILENCE_MS = 20_000
/** Added where only the clocks of two machines can tell, in milliseconds. */
const CLOCK_SPREAD_MS = 10_000
/** Nothing is kept of a session that nobody kept for a day. */
const ENTRY_MS = 86_400_000

interface Entry extends SharedFacts {
  readonly term: number
  readonly revision: number
  /** A random name of the member; empty where nobody keeps. */
  readonly keeper: string
  /** When this was written; all times of an entry are of the clock of the member that wrote it. */
  readonly aliveAtMs: number
}

/** Opens what is shared; where nothing is, this member is the keeper. */
export function openSharedSession(
  settings: Settings,
  emit: (event: BrokerageSessionEvent) => void,
): SharedSession {
  const { lock, now, openTimeoutMs, sharedAs } = settings
  const isShared = settings.store !== undefined
  const me = isShared ? bytesToHex(randomBytes(8)) : ''
  let opening:
    | Promise<{
        readonly name: string
        readonly entry: SharedEntry | undefined
        readonly sign: OpeningSign
      }>
    | undefined
  let newest: Entry | undefined
  /** When the newest entry was first seen, on this member's clock. */
  let seenAtMs = 0
  /** When this member showed its life last. */
  let signedAtMs = 0
  let isKeeper = false
  let hasFailed = false
  /** True once this member has handed over: what it still has under way tells the others nothing. */
  let hasResigned = false

  const open = () => {
    opening ??= openEntry()
    return opening
  }

  async function openEntry() {
    const name = await entryKey('ibkr-session', [sharedAs])
    const onEvent = (event: BrokerageSessionEvent & { readonly type: 'store-failed' }) => {
      hasFailed = true
      emit(event)
    }
    // A store that does not answer leaves a call the most of its time.
    const timeoutMs = settings.timeoutMs / 4
    const entryOf = (key: string) => openSharedEntry({ ...settings, key, onEvent, timeoutMs })
    return { name, entry: entryOf(name), sign: createOpeningSign(entryOf(`${name}:opening`)) }
  }

  async function readNewest(signal: PlatformAbortSignal): Promise<Entry | undefined> {
    const { entry } = await open()
    hasFailed = false
    const text = await entry?.read(signal)
    const found = text === undefined ? undefined : parseEntry(text)
    if (found && isNewer(found, newest)) {
      const isFirst = newest === undefined
      newest = found
      // Of the first entry only the clocks can tell how old it is; of later ones this member saw it.
      const isOld = isFirst && now() - found.aliveAtMs > SILENCE_MS + CLOCK_SPREAD_MS
      seenAtMs = isOld ? now() - SILENCE_MS : now()
    }
    return found && newest
  }

  async function writeEntry(entry: Entry): Promise<void> {
    if (hasResigned) return
    newest = entry
    seenAtMs = now()
    await (await open()).entry?.write(JSON.stringify(entry), ENTRY_MS)
  }

  const isRecent = () => {
    // A clock that was set back tells nothing of the silence.
    if (now() < seenAtMs) seenAtMs = now()
    return now() - seenAtMs < SILENCE_MS
  }
  const isAlive = ({ keeper }: Entry) => keeper !== '' && isRecent()

  function become(role: Role): Role {
    if (isKeeper !== (role === 'keeper') && !hasResigned) {
      isKeeper = role === 'keeper'
      emit({ type: 'keeper', isKeeper })
    }
    return role
  }

  /** Who cannot look stays what it was: the session is worth more than one tickle too many. */
  const unchanged = (): Role => (isKeeper ? 'keeper' : 'follower')

  /** Clocks differ: what counts is how long before the entry something was, and when it was seen here. */
  function foundOf(entry: Entry | undefined): FoundFacts | undefined {
    if (entry === undefined) return undefined
    const { epoch, isOpen, lostReason, aliveAtMs, tickledAtMs, waitUntilMs, waitReason } = entry
    // First, since a clock that was set back changes when it was seen.
    const isFresh = isRecent()
    const here = (atMs: number) => seenAtMs + atMs - aliveAtMs
    return {
      epoch,
      isOpen,
      lostReason,
      tickledAtMs: Math.min(here(tickledAtMs), seenAtMs),
      ...(waitUntilMs !== undefined && { waitUntilMs: here(waitUntilMs), waitReason }),
      isFresh,
    }
  }

  /** Runs work under the lock; where that does not come, does what is to be done then. */
  async function underOurLock<T>(
    work: () => Promise<T>,
    without: () => Promise<T>,
    signal: PlatformAbortSignal,
  ): Promise<T> {
    const { name } = await open()
    let chosen = work
    const onFailure = () => {
      chosen = without
    }
    const options = { signal, onFailure, waitMs: openTimeoutMs / 2 }
    return await underLock(lock, name, () => chosen(), options)
  }

  async function openingUnderLock<T>(
    work: () => Promise<T>,
    signal: PlatformAbortSignal,
  ): Promise<T> {
    const { sign } = await open()
    const shown = () => sign.show(work)
    const without = async () => {
      if (await sign.isSeen(signal)) return await openingUnderLock(work, signal)
      emit({ type: 'lock-failed' })
      return await shown()
    }
    return await underOurLock(shown, without, signal)
  }

  async function takeOver(facts: () => SharedFacts, signal: PlatformAbortSignal): Promise<Role> {
    const current = await readNewest(signal)
    if (hasFailed) return unchanged()
    if (current && current.keeper !== me && isAlive(current)) return become('follower')
    const { term = 0 } = newest ?? {}
    await writeEntry({ ...newerOf(facts(), foundOf(newest)), ...sign(term + 1, 0) })
    // Without a lock two may have written: the one whose entry stays is the keeper.
    if (lock !== undefined || hasFailed) return become('keeper')
    const kept = await readNewest(signal)
    return become(kept === undefined || kept.keeper === me ? 'keeper' : 'follower')
  }

  function sign(term: number, revision: number) {
    signedAtMs = now()
    return { term, revision, keeper: me, aliveAtMs: signedAtMs }
  }

  return {
    isShared,
    isKeeper: () => isKeeper,
    opening: (work, signal) => (lock ? openingUnderLock(work, signal) : work()),
    read: async (signal) => (isShared ? foundOf(await readNewest(signal)) : undefined),
    async write(facts) {
      if (!isShared) return
      const { term = 0, revision = 0, keeper = '' } = newest ?? {}
      await writeEntry({ ...facts, term, revision: revision + 1, keeper, aliveAtMs: now() })
    },
    async lead(facts, signal) {
      if (!isShared) return { role: 'keeper' }
      const entry = await readNewest(signal)
      const found = foundOf(entry)
      if (hasFailed) return { role: unchanged() }
      if (entry === undefined || !isAlive(entry)) {
        const take = () => takeOver(facts, signal)
        const without = () => {
          emit({ type: 'lock-failed' })
          return take()
        }
        return { role: await underOurLock(take, without, signal), found }
      }
      if (entry.keeper !== me) return { role: become('follower'), found }
      const isDue = now() - signedAtMs >= LIFE_SIGN_MS - 1000 || now() < signedAtMs
      if (isDue) {
        const current = newerOf(facts(), found)
        await writeEntry({ ...current, ...sign(entry.term, entry.revision + 1) })
      }
      return { role: become('keeper'), found }
    },
    async resign(facts) {
      const { term = 0, revision = 0, keeper } = newest ?? {}
      const last = { ...facts, term, revision: revision + 1, keeper: '', aliveAtMs: now() }
      // Also where it is taking over just now; another member's entry stays.
      const written = keeper === me ? writeEntry(last) : undefined
      isKeeper = false
      hasResigned = true
      await written
    },
  }
}

/** What a new keeper knows and what the entry says: the later of both. */
function newerOf(facts: SharedFacts, found: FoundFacts | undefined): SharedFacts {
  if (found === undefined || found.epoch <= facts.epoch) return facts
  const { isFresh: _, ...newer } = found
  return newer
}

/** By epoch, then term, then revision: of two members that could not see each other, both are to find the same one newer. */
function isNewer(found: Entry, seen: Entry | undefined): boolean {
  if (seen === undefined) return true
  if (found.epoch !== seen.epoch) return found.epoch > seen.epoch
  if (found.term !== seen.term) return found.term > seen.term
  if (found.revision > seen.revision) return true
  // Two members wrote after the same one: both count, and the last one stays.
  return found.revision === seen.revision && found.aliveAtMs !== seen.aliveAtMs
}

/** No member waits longer before its next attempt. */
const WAIT_LIMIT_MS = 86_400_000

function parseEntry(text: string): Entry | undefined {
  const fields = (parseJsonObject(text) ?? {}) as Partial<Entry>
  const { epoch, term, revision, tickledAtMs, aliveAtMs, keeper, isOpen, waitUntilMs } = fields
  const areNumbers = [epoch, term, revision, tickledAtMs, aliveAtMs].every(Number.isFinite)
  const isRight = areNumbers && typeof keeper === 'string' && typeof isOpen === 'boolean'
  return isRight && isShortWait(waitUntilMs, Number(aliveAtMs)) ? (fields as Entry) : undefined
}

function isShortWait(untilMs: unknown, sinceMs: number): boolean {
  if (untilMs === undefined) return true
  return typeof untilMs === 'number' && Math.abs(untilMs - sinceMs) <= WAIT_LIMIT_MS
}
