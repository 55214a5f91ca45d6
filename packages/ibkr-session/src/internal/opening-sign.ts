/**
 * An opening of a fleet's session may take a minute, while the others wait for its lock. So that they can tell it from a
 * lock that never comes, it shows in the store that it goes on. No clock is compared: what counts is that the entry changes.
 */
import type { PlatformAbortSignal, SharedEntry } from '@isoauth/core-client'
import { bytesToHex, randomBytes } from '@isoauth/core-crypto'
import { pause, repeatDuring } from './pause.ts'

/** Shows and sees that an opening goes on. */
export interface OpeningSign {
  /** Runs an opening, which shows that it goes on once it takes longer than a few seconds. */
  show<T>(opening: () => Promise<T>): Promise<T>
  /** Whether another member's opening goes on, or has ended just now. */
  isSeen(signal: PlatformAbortSignal): Promise<boolean>
}

/** An opening shows itself so often, in milliseconds. */
const SHOWN_MS = 7000
/** Within so long it has shown itself again, if it goes on. */
const LOOK_MS = 9000
/** Nothing is kept of it for longer. */
const ENTRY_MS = 20_000

/** Makes the sign of one session; without an entry nothing is shown or seen. */
export function createOpeningSign(entry: SharedEntry | undefined): OpeningSign {
  return {
    async show(opening) {
      let written: Promise<void> | undefined
      const write = () => {
        written = entry?.write(bytesToHex(randomBytes(8)), ENTRY_MS)
      }
      try {
        return await repeatDuring(opening, SHOWN_MS, write)
      } finally {
        // Who waited only for a moment has nothing to take back.
        if (written) void written.then(() => entry?.remove())
      }
    },
    async isSeen(signal) {
      const before = await entry?.read(signal)
      if (before === undefined) return false
      await pause(LOOK_MS, signal)
      return (await entry?.read(signal)) !== before
    },
  }
}
