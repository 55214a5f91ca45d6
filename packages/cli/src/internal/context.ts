/** What a command works with; it sets the exit status. */
import type { Io } from './io.ts'
import type { HostWatch } from './network.ts'
import type { Colors } from './text.ts'

export interface Context {
  readonly io: Io
  /** Of the standard output. */
  readonly colors: Colors
  /** Of the standard error. */
  readonly errorColors: Colors
  status: number
  /** The options that name the configuration, with a blank before them: a command that is told needs them too. */
  configFlags: string
  /** Errors are told as JSON then. */
  isJson: boolean
  /** Documents are a line each: of commands that write many. */
  isLines: boolean
  /** Where the last request of `request` went. */
  readonly hosts: HostWatch
}

/** Writes one JSON document. */
export function writeJson({ io, isLines }: Context, value: unknown): unknown {
  return io.stdout.write(`${JSON.stringify(value, null, isLines ? undefined : 2)}\n`)
}
