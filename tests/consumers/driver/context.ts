/** What all parts of a run share. */
import type { Tarball } from '../../../scripts/lib/release.mjs'
import type { createTable } from './table.ts'

export type { Tarball }

export interface Context {
  /** Gone afterwards, and outside of the project. */
  readonly folder: string
  /** Aborts when the person ends the command. */
  readonly signal: AbortSignal
  readonly table: ReturnType<typeof createTable>
}

/** One thing to try; told its lane, for what two at once would take from each other is there once for each. */
export type Work = (lane: number) => unknown
