/** The command, from its arguments to its exit status. */
import { CommanderError } from 'commander'
import { type Context, writeJson } from './context.ts'
import { describeError } from './describe-error.ts'
import { FAILED, INTERRUPTED, OK, USAGE } from './exit-status.ts'
import type { Io } from './io.ts'
import { createProgram } from './program.ts'
import { colorsFor, paragraph } from './text.ts'

/** Runs a command; resolves with the exit status. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const context: Context = {
    io,
    colors: colorsFor(io.stdout, io.env),
    errorColors: colorsFor(io.stderr, io.env),
    status: OK,
    isJson: false,
  }
  try {
    await createProgram(context).parseAsync(argv, { from: 'user' })
    return context.status
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version that were asked for are no failure; told already, as everything of its kind.
      return error.exitCode === 0 ? OK : USAGE
    }
    if (io.signal.aborted) return INTERRUPTED
    tell(context, error)
    return isOfUsage(error) ? USAGE : FAILED
  }
}

/** What was given is at fault, and nothing was sent. */
function isOfUsage(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown }
  return /^CLI_(?:ARGUMENTS|CONFIG)_INVALID$|_OPTION_INVALID$/.test(String(code))
}

function tell(context: Context, error: unknown): void {
  const description = describeError(error)
  if (context.isJson) {
    writeJson(context, { error: description })
    return
  }
  const { stderr } = context.io
  const { red } = context.errorColors
  const [first = '', ...rest] = paragraph(`isoauth: ${description.message}`).split(/(?<=\n)/)
  stderr.write(first.replace('isoauth:', red('isoauth:')) + rest.join(''))
  stderr.write(`${description.code}\n`)
}
