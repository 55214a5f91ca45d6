/** `isoauth sandbox`: the stand-in for the services on this machine, until it is interrupted. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import { readFileName } from './options.ts'
import type { SandboxOptions } from './sandbox-options.ts'

const AFTER = `
Serves a strict stand-in for the sign-in services on 127.0.0.1, with fresh
credentials each run; nothing that it hands out is valid anywhere else.
GET /__sandbox/requests tells of each request why it was refused. Register
keys of your own at /portal. What happens at the broker (a lost session, a cut
stream, an order) is said by POST /__sandbox/broker. Ctrl-C ends it.
`

export function addSandbox(program: Command, context: Context): void {
  program
    .command('sandbox')
    .description('serve a stand-in for the services on this machine')
    .addOption(
      new Option('-p, --port <port>', 'port to listen on, 0 for any free one')
        .default(8787)
        .argParser(readPort),
    )
    .addOption(
      new Option('--credentials-file <file>', 'write the credentials there (mode 0600)').argParser(
        readFileName,
      ),
    )
    .addOption(
      new Option(
        '--state <file>',
        'keep consumers, tokens and sessions there for the next run',
      ).argParser(readFileName),
    )
    .option('--force', 'replace a credentials file that no sandbox wrote')
    .option('--signed-origin <origin>', 'accept this origin too in what is signed', collect)
    .option('--user <name>', 'open SSO sessions for this user name too', collect)
    .option('--cors', 'answer pages of other origins (the broker does not)')
    .option('--pacing', 'hold /v1/api to the limits, with the penalty box behind them')
    .option('--sticky-cookie', 'keep a session on the machine that its cookie names')
    .option('--order-question <id>', 'ask this about each order, such as o163', collect)
    .addHelpText('after', AFTER)
    .action(async (options: SandboxOptions) => {
      const { serveSandbox } = await import('../sandbox/serve-sandbox.ts')
      await serveSandbox(context, options)
    })
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('A whole number from 0 to 65535 is required.')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
