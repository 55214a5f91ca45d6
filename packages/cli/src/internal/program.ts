/** Every command and option there is. Help and completion are made of it. */
import { Command } from 'commander'
import { addCompletion } from './commands/completion.ts'
import { addDecryptSecret } from './commands/decrypt-secret.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInit } from './commands/init.ts'
import { addInspect } from './commands/inspect.ts'
import { addKeygen } from './commands/keygen.ts'
import { addRequest } from './commands/request.ts'
import { addSandbox } from './commands/sandbox.ts'
import { addSession } from './commands/session.ts'
import { addStream } from './commands/stream.ts'
import { addTypes } from './commands/types.ts'
import { addWhoami } from './commands/whoami.ts'
import type { Context } from './context.ts'
import { COLUMNS } from './text.ts'
import { version } from './version.ts'

const AFTER = `
Configuration: isoauth.json of the project (this folder, and those above it up
to the one with .git or package.json), else of the user's configuration folder;
--profile paper reads isoauth.paper.json there. "isoauth whoami" tells which one
is used. --config FILE (or ISOAUTH_CONFIG) names another. Variables win over it:
ISOAUTH_ and the path in upper case, as ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY.

Exit status: 0 done, 1 failed, 2 wrong arguments or configuration, 22 the
service answered 400 or more, 130 interrupted.
`

/** Makes the command line's definition. */
export function createProgram(context: Context): Command {
  const { io, colors, errorColors } = context
  const program = new Command('isoauth')
    .description('Sign in to Interactive Brokers and to UltraCart: keys, diagnosis, requests.')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => COLUMNS,
      getErrHelpWidth: () => COLUMNS,
      getOutHasColors: () => colors.isColorSupported,
      getErrHasColors: () => errorColors.isColorSupported,
      // Told by the command itself, in its own words and in JSON where that was asked for.
      outputError: () => {},
    })
    .configureHelp({ helpWidth: COLUMNS, styleTitle: colors.bold, showGlobalOptions: false })
    .addHelpText('after', AFTER)
  addInit(program, context)
  addWhoami(program, context)
  addKeygen(program, context)
  addDoctor(program, context)
  addDecryptSecret(program, context)
  addRequest(program, context)
  addInspect(program, context)
  addSession(program, context)
  addStream(program, context)
  addTypes(program, context)
  addSandbox(program, context)
  addCompletion(program, context)
  return program
}

/** Refuses `help nope`, which the parser answers as if nothing had been asked. */
export async function requireKnownTopic(program: Command, argv: readonly string[]): Promise<void> {
  const [command, topic] = argv
  if (command !== 'help' || topic === undefined || topic.startsWith('-')) return
  const names = program.commands.map((known) => known.name())
  if (names.includes(topic) || topic === 'help') return
  const text = `There is no command ${topic} to show help of. The commands: ${names.join(', ')}.`
  const { argumentsInvalid } = await import('./errors.ts')
  throw argumentsInvalid(text)
}
