/** What the command has of the outside, so that a test can be the outside. */
import type { Readable, Writable } from 'node:stream'

/** Where text or bytes go; a promise is waited for before more is written. */
export interface Output {
  write(chunk: string | Uint8Array): unknown
  readonly isTerminal: boolean
  /** How wide the terminal is now; undefined or 0 where that is not known. */
  readonly columns?: number | undefined
}

/** Folders of the user that this command has to itself; they may not exist. */
export interface UserFolders {
  readonly config: string
  readonly cache: string
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: AsyncIterable<Uint8Array>
  /** Where questions are asked; none where there is no person to answer them. */
  readonly terminal: { readonly input: Readable; readonly output: Writable } | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly userFolders: () => Promise<UserFolders>
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** All bytes of a stream, such as the standard input. */
export async function allOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
