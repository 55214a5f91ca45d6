/** `isoauth session`: opens the brokerage session, keeps it, tells how it is, ends it. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import { configOption, profileOption, withJson } from './options.ts'
import {
  SESSION_ACTIONS,
  SESSION_SERVICES,
  type SessionAction,
  type SessionOptions,
} from './session-options.ts'

const AFTER = `
open    opens the brokerage session, which calls below /iserver need
watch   opens it and keeps it alive until Ctrl-C; each change is a line, and on
        a terminal the last line shows how it is. With --json: a document a line
status  asks how it is, and changes nothing
close   ends the sign-in of the user name, for every program that uses it

A user name has one session. Without --compete none is taken from TWS, from the
phone or from the portal. A session that nobody keeps ends after five minutes
or so: "open" leaves the keeping to another program, "watch" does it. Over
ibkr-sso a session belongs to the sign-in that opened it: use "watch" there.

Exit status: 0 done, "status": ready; 1 not opened, not ready, or given up.

Examples:
  isoauth session open -c isoauth.json
  isoauth session watch -c isoauth.json --compete
  isoauth session status -c isoauth.json --json
`

export function addSession(program: Command, context: Context): void {
  const command = program
    .command('session')
    .description('open, keep, show or end the brokerage session')
    .addArgument(new Argument('<action>', 'what to do').choices([...SESSION_ACTIONS]))
    .addOption(configOption())
    .addOption(profileOption())
    .option('--compete', 'take the session from another platform that has it')
    .addOption(
      new Option('--interval <seconds>', 'watch: between two tickles, 60 if not given').argParser(
        readInterval,
      ),
    )
    .addOption(
      new Option('--service <name>', 'service to sign in with').choices([...SESSION_SERVICES]),
    )
    .option('--no-cache', 'make a new live session token, and keep none')
  withJson(command, AFTER).action(async (action: SessionAction, options: SessionOptions) => {
    const { runSession } = await import('../session/run-session.ts')
    await runSession(context, action, options)
  })
}

function readInterval(text: string): number {
  const seconds = Number(text)
  if (seconds >= 1 && seconds <= 240) return seconds
  throw new InvalidArgumentError('Seconds from 1 to 240 are required.')
}
