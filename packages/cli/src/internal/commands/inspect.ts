/** `isoauth inspect`: why a signed request is refused, out of a curl command, raw HTTP or a HAR. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { InspectOptions } from './inspect-options.ts'
import { readFileName, withJson } from './options.ts'

const AFTER = `
FILE, or the standard input, has a curl command (quoted for bash or cmd), an
HTTP request as on the wire, or a HAR. Nothing is sent. Without a key only the
form is judged; secrets are named as files, since a command line is remembered.

Exit status: 0 accepted, or nothing wrong in its form; 1 a server refuses it.
`

export function addInspect(program: Command, context: Context): void {
  const command = program
    .command('inspect')
    .argument('[file]', 'the request; - or nothing is the standard input', '-')
    .description('say why a signed request is refused: curl, raw HTTP or HAR')
    .option('--signature-key <file>', 'the key registered for signing (PEM)', readFileName)
    .option('--encryption-key <file>', 'the other one, to tell when they are swapped', readFileName)
    .option('--live-session-token <file>', 'the token (base64 or hex)', readFileName)
    .option('--prefix <file>', 'the decrypted access token secret (hex)', readFileName)
    .option('--consumer-key <key>', 'as the portal shows it')
    .option('--base-string <file>', 'the base string that your program signed', readFileName)
  withJson(command, AFTER).action(async (file: string, options: InspectOptions) => {
    const { inspectFile } = await import('../inspect/inspect-file.ts')
    await inspectFile(context, file, options)
  })
}
