/** A trail: what happened in a sign-in, step by step, as the page draws it and as the server tells it. */

/** Something with a name and a text, shown as it stood on the wire or in memory. */
export interface Field {
  readonly name: string
  readonly value: string
  /** Shown only when the person asks for it. */
  readonly secret?: boolean
}

/** A message between two lanes, numbered from 0 at the left. */
export interface Message {
  readonly from: number
  readonly to: number
  readonly label: string
}

export interface Failure {
  /** The error's code, if it has one. */
  readonly code?: string
  readonly message: string
  /** What the sandbox's record says of it. */
  readonly reason?: string
  /** What to do about it. */
  readonly remedy?: string
}

export interface TrailStep {
  readonly title: string
  /** The lane that does the work. */
  readonly lane: number
  /** What travels meanwhile; none for work done in one place. */
  readonly messages: readonly Message[]
  readonly ms: number
  readonly said: string
  /** What this step proved. */
  readonly verified: readonly string[]
  readonly fields: readonly Field[]
  readonly failure?: Failure
}
