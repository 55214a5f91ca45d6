/** The state of a session and its stream, as the page shows it. */

/** A price, and when it came, in milliseconds since 1970. */
export interface Tick {
  readonly atMs: number
  readonly price: number
}

export interface Entry {
  readonly atMs: number
  readonly tone: 'good' | 'bad' | 'plain'
  readonly text: string
}

export interface Snapshot {
  readonly session: 'new' | 'opening' | 'open' | 'lost' | 'given-up' | 'closed'
  readonly stream: 'closed' | 'connecting' | 'open'
  /** Another page, or another platform, has it. */
  readonly isTaken: boolean
  readonly epoch: number
  readonly connections: number
  readonly lastTickleAtMs: number | undefined
  readonly ticks: readonly Tick[]
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[]
  /** What was told, the newest last. */
  readonly entries: readonly Entry[]
}

export const CLOSED: Snapshot = {
  session: 'new',
  stream: 'closed',
  isTaken: false,
  epoch: 0,
  connections: 0,
  lastTickleAtMs: undefined,
  ticks: [],
  gaps: [],
  entries: [],
}
