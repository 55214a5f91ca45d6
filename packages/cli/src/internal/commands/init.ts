/** `isoauth init`: from nothing to a configuration that works. */
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { type InitOptions, WAY_NAMES } from './init-options.ts'
import { GROUPS } from './keygen-options.ts'
import { readFileName, withJson } from './options.ts'

const AFTER = `
Asks which service it is, makes the keys, tells the steps of the service's
portal one by one, takes what it shows and checks each value as it is given.
Then isoauth.json is written (mode 0600, never over another one), and looked at
as "isoauth doctor" does. A sandbox that answers on this machine is offered;
its portal is asked then, so that nothing has to be copied.

Keys that are in the folder already are used. Ctrl-C leaves no file half
written, and says what there is by then.

With --yes, or without a terminal, nothing is asked: each question has an
option. Secrets are named as files, since a command line is remembered.

Exit status: 0 written and healthy; 1 written, and a problem was found, or not
written; 2 wrong or missing options, nothing was written.

Examples:
  isoauth init
  isoauth init --yes --service ibkr-oauth1 --base-url http://127.0.0.1:8787 \\
    --group modp2048 --consumer-key MYCONSUME
`

export function addInit(program: Command, context: Context): void {
  const command = program
    .command('init')
    .description('set up: ask, make keys, check what the portal shows, write isoauth.json')
    .addOption(new Option('--service <name>', 'the way in').choices(WAY_NAMES))
    .option('--base-url <url>', 'where it is; the service itself by default')
    .option('-c, --config <file>', 'the file to write (default: isoauth.json)', readFileName)
    .option('-P, --profile <name>', 'write isoauth.<name>.json')
    .option('--keys <dir>', 'folder of the keys, made if missing (default: keys)')
    .addOption(
      new Option('--group <name>', 'a prime of your own, or a published group').choices([
        'own',
        ...GROUPS,
      ]),
    )
    .option('--consumer-key <key>', 'OAuth 1.0a: nine letters')
    .option(
      '--access-token-file <file>',
      'OAuth 1.0a: the token, as the portal shows it',
      readFileName,
    )
    .option(
      '--access-token-secret-file <file>',
      'OAuth 1.0a: its secret, encrypted as shown',
      readFileName,
    )
    .option('--client-id <id>', 'OAuth 2.0, SSO: what the broker gave')
    .option('--key-id <id>', 'OAuth 2.0, SSO: the name of the key, such as main')
    .option('--private-key-file <file>', 'OAuth 2.0, SSO: a key that is registered', readFileName)
    .option('--credential <user>', 'SSO: the user name to open sessions for')
    .option('--ip <address>', 'SSO: the public address by which this machine goes out')
    .option(
      '--simple-key-file <file>',
      'UltraCart: the simple key of the application',
      readFileName,
    )
    .option('--redirect-uri <url>', 'UltraCart: where browsers come back, as registered')
    .option('--by-hand', "go through a sandbox's portal yourself")
    .option('-y, --yes', 'ask nothing: options, and defaults for the rest')
  withJson(command, AFTER).action(async (options: InitOptions) => {
    const { init } = await import('../init/init.ts')
    await init(context, options)
  })
}
