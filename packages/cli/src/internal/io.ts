/** What the command has of the outside, so that a test can be the outside. */

/** Where text or bytes go; a promise is waited for before more is written. */
export interface Output {
  write(chunk: string | Uint8Array): unknown
  readonly isTerminal: boolean
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
}
