/** The command, from its arguments to its exit status. */
import { CommanderError } from 'commander'
import { type Context, writeJson } from './context.ts'
import { FAILED, INTERRUPTED, OK, USAGE } from './exit-status.ts'
import type { Io } from './io.ts'
import { createProgram, requireKnownTopic } from './program.ts'
import { colorsFor, guarded, paragraph } from './text.ts'

/** Runs a command; resolves with the exit status. */
export async function run(argv: readonly string[], outside: Io): Promise<number> {
  const { stdout, stderr } = outside
  const io: Io = { ...outside, stdout: guarded(stdout), stderr: guarded(stderr) }
  const context: Context = {
    io,
    colors: colorsFor(io.stdout, io.env),
    errorColors: colorsFor(io.stderr, io.env),
    status: OK,
    configFlags: '',
    isJson: false,
    isLines: false,
    hosts: { host: undefined },
  }
  const program = createProgram(context)
  try {
    await requireKnownTopic(program, argv)
    await program.parseAsync(argv, { from: 'user' })
    return context.status
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version that were asked for are no failure, and told already.
      if (error.exitCode === 0) return OK
      if (error.code === 'commander.help') return USAGE
      context.isJson ||= argv.includes('--json')
      const { usageError } = await import('./usage-error.ts')
      await tell(context, usageError(error, program, argv))
      return USAGE
    }
    if (io.signal.aborted && !isLoss(error)) return INTERRUPTED
    await tell(context, error)
    return isOfUsage(error) ? USAGE : FAILED
  }
}

const USAGE_CODE =
  /^CLI_(?:ARGUMENTS_INVALID|CONFIG_INVALID|FILE_UNREADABLE|REQUEST_UNREADABLE)$|^SANDBOX_(?:FILE_NOT_OWN|STATE_UNUSABLE)$|_(?:OPTION_INVALID|URL_REFUSED)$/

/** What a sandbox could not keep when it was ended is lost: that is told, as nothing else is after an interruption. */
function isLoss(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown }
  return /^SANDBOX_(?:STATE_UNUSABLE|FILE_FAILED)$/.test(String(code))
}

/** What was given is at fault, and nothing was sent. */
function isOfUsage(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown }
  return USAGE_CODE.test(String(code))
}

/** Errors are rare, and what is said of them is loaded when one is there. */
async function tell(context: Context, error: unknown): Promise<void> {
  const { describeError } = await import('./describe-error.ts')
  const description = describeError(error, context.hosts.host)
  if (context.isJson) {
    writeJson(context, { error: description })
    return
  }
  const { stderr } = context.io
  const { red } = context.errorColors
  const [first = '', ...rest] = paragraph(`isoauth: ${description.message}`).split(/(?<=\n)/)
  stderr.write(first.replace('isoauth:', red('isoauth:')) + rest.join(''))
  stderr.write(`${description.code}\n`)
  if (description['docs'] !== undefined) stderr.write(`${description['docs']}\n`)
}
