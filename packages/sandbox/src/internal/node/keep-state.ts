/** Writes the state soon after it may have changed, and at the end. */
import type { Host } from '../host.ts'
import { stateOf } from '../state/sandbox-state.ts'
import { writeStateFile } from './state-file.ts'

const EVERY_MS = 500

export interface StateKeeper {
  /** Writes it for the first time; throws what writing failed with. */
  begin(): Promise<void>
  /** Writes what is not written yet, and ends; throws what writing failed with. */
  end(): Promise<void>
}

export function keepState(host: Host, file: string): StateKeeper {
  let written = -1
  let last: string | undefined
  let writing: Promise<void> = Promise.resolve()
  const write = async () => {
    // Nothing changes without a request: with its arrival, and until it is over.
    const { counts, ended } = host.core
    const changes = counts.requests + ended
    if (changes === written) return
    last = await writeStateFile(file, stateOf(host.core), last)
    written = changes
  }
  const next = () => {
    // A disk that is full now may not be later, and the last one is told.
    writing = writing.then(write).catch(() => {})
  }
  const timer = setInterval(next, EVERY_MS)
  timer.unref()
  return {
    begin() {
      const begun = writing.then(write)
      writing = begun.catch(() => {})
      return begun
    },
    async end() {
      clearInterval(timer)
      await writing
      await write()
    },
  }
}
