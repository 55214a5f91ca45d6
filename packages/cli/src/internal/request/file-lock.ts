/** A lock that is a file: of the processes that know its name, one works at a time. A holder that died is known by its silence. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { makeFolders } from '../files.ts'

type Lock = NonNullable<IbkrOAuth1Options['lock']>

/** How often a holder shows that it lives, in milliseconds. */
const ALIVE_EVERY_MS = 1000
/** Sooner than those who wait go on without the lock. */
const DEAD_AFTER_MS = 5000
const ASK_EVERY_MS = 50

/**
 * Makes the lock.
 *
 * @param fileOf - the file of a name; its folder is made
 * @param options.deadAfterMs - how long a holder may be silent
 */
export function createFileLock(
  fileOf: (name: string) => string,
  { deadAfterMs = DEAD_AFTER_MS }: { readonly deadAfterMs?: number } = {},
): Lock {
  return async (name, work, { signal }) => {
    const file = fileOf(name)
    const mark = randomUUID()
    await makeFolders(dirname(file))
    await acquire(file, mark, { deadAfterMs, signal: signal as AbortSignal | undefined })
    const showing = setInterval(() => {
      const now = new Date()
      utimes(file, now, now).catch(() => {})
    }, ALIVE_EVERY_MS)
    showing.unref()
    try {
      return await work()
    } finally {
      clearInterval(showing)
      await release(file, mark)
    }
  }
}

async function acquire(
  file: string,
  mark: string,
  about: { readonly deadAfterMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  let sign: string | undefined
  let sinceMs = 0
  while (!(await claim(file, mark))) {
    const found = await signOf(file)
    const nowMs = performance.now()
    if (found !== sign) {
      sign = found
      sinceMs = nowMs
    } else if (nowMs - sinceMs >= about.deadAfterMs) {
      // Two may find this at once, and then both work: a sign-in too many, as without a lock.
      await rm(file, { force: true })
    }
    await pause(ASK_EVERY_MS, undefined, { signal: about.signal })
  }
}

/** False where another one holds it. */
async function claim(file: string, mark: string): Promise<boolean> {
  const handle = await make(file)
  if (handle === undefined) return false
  try {
    await handle.writeFile(mark).finally(() => handle.close())
    return true
  } catch (error) {
    // On a full disk there is room for a name alone: the next one would take it for a holder.
    await rm(file, { force: true })
    throw error
  }
}

/** Undefined where the file is there. */
async function make(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  }
}

/** What changes while the holder lives; by no clock of this process, which may not be that of the files. */
async function signOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs } = await stat(file)
    return `${ino} ${mtimeMs}`
  } catch {
    return ''
  }
}

/** Unless another one took it, who held this one for dead. */
async function release(file: string, mark: string): Promise<void> {
  try {
    if ((await readFile(file, 'utf8')) === mark) await rm(file)
  } catch {
    // It is gone, or taken for dead by the next one.
  }
}
