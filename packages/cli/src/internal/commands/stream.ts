/** `isoauth stream`: what the broker sends of some topics, until it is interrupted. */
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { configOption, profileOption, withJson } from './options.ts'
import { SESSION_SERVICES } from './session-options.ts'
import type { StreamOptions } from './stream-options.ts'

const AFTER = `
A topic is written as the broker writes it, without the s before it:

  md+265598                      market data: last, bid and ask
  md+265598+{"fields":["31"]}    market data: fields of your choice
  or   tr   pl                   orders, trades, profit and loss
  or+{"days":3}                  orders of the last days too
  sd+DU1234567  ld+DU1234567     account summary, ledger
  mh+265598+{"period":"1d"}      history
  bd+DU1234567+265598            price ladder

The brokerage session is opened and kept meanwhile. On a terminal a message is
a line to read; in a pipe, and with --json, each message and each event is one
JSON document a line. A line that was cut is opened again. The broker does not
send again what it sent meanwhile: that is told as a gap, and orders and trades
of it are asked for. Ctrl-C ends it.

Exit status: 0 after Ctrl-C; 1 not opened, or given up.

Examples:
  isoauth stream or tr -c isoauth.json
  isoauth stream md+265598 -c isoauth.json | jq .data
`

export function addStream(program: Command, context: Context): void {
  const command = program
    .command('stream')
    .description('show what the broker sends: prices, orders, trades')
    .argument('<topic...>', 'what to subscribe to, such as or, tr, md+265598')
    .addOption(configOption())
    .addOption(profileOption())
    .option('--compete', 'take the session from another platform that has it')
    .addOption(
      new Option('--service <name>', 'service to sign in with').choices([...SESSION_SERVICES]),
    )
    .option('--no-cache', 'make a new live session token, and keep none')
  withJson(command, AFTER).action(async (topics: readonly string[], options: StreamOptions) => {
    const { runStream } = await import('../stream/run-stream.ts')
    await runStream(context, topics, options)
  })
}
