/** Command line of the demo. */
import { parseArgs } from 'node:util'
import { DemoError } from './errors.ts'

export interface Arguments {
  readonly help: boolean
  /** Run the flows and end, with a terminal too. */
  readonly once: boolean
  /** The configuration file of a live run; without one, nothing leaves this machine. */
  readonly liveConfig: string | undefined
}

export const USAGE = `Usage: npm start [-- options]

Runs every sign-in flow against the sandbox on this machine, step by step.
Each line tells what was proven and how long it took. In a terminal and
without options, the web demo is served afterwards, until Ctrl-C.

Options:
  --once                 end after the flows, with a terminal too
  --live --config FILE   instead, sign in to each service of FILE, and only
                         read: OAuth 1.0a with the list of accounts, OAuth 2.0
                         with the echo calls, UltraCart up to its login page
  --help                 show this text

FILE is what isoauth-sandbox --credentials-file writes, or the same with
signatureKeyFile, encryptionKeyFile, dhParametersFile and privateKeyFile
naming PEM files (relative to FILE). Environment variables never make a run
live.

Exit status: 0 every step succeeded, 1 a step failed, 2 wrong arguments or
configuration.
`

/**
 * Reads the arguments.
 *
 * @throws {@link DemoError} `DEMO_ARGUMENTS_INVALID`
 */
export function readArguments(argv: readonly string[]): Arguments {
  const { help, once, live, config } = parse(argv)
  if (help) return { help, once, liveConfig: undefined }
  if (config === '') throw refused('--config needs a file name')
  if (live && config === undefined) throw refused('--live needs --config FILE')
  if (!live && config !== undefined) {
    throw refused('--config is for live runs: add --live, or leave it out for the sandbox')
  }
  return { help, once, liveConfig: config }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        once: { type: 'boolean', default: false },
        live: { type: 'boolean', default: false },
        config: { type: 'string' },
      },
    }).values
  } catch (error) {
    // Node's message names the option; it ends with advice about "--" that does not apply here.
    const [message = 'the arguments could not be read'] = String((error as Error).message).split(
      '. ',
    )
    throw refused(message)
  }
}

function refused(message: string): DemoError {
  return new DemoError(message, { code: 'DEMO_ARGUMENTS_INVALID' })
}
