/** `isoauth inspect`: why a signed request is refused, out of a curl command, raw HTTP or a HAR. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type Context, writeJson } from '../context.ts'
import { readText } from '../files.ts'
import { inspectionText, showDifference } from '../inspect/inspection-text.ts'
import type { ServerKnowledge } from '../inspect/request.ts'
import { allOf } from '../io.ts'
import { jsonOption } from './options.ts'

interface InspectOptions {
  readonly signatureKey?: string
  readonly encryptionKey?: string
  readonly liveSessionToken?: string
  readonly prefix?: string
  readonly consumerKey?: string
  readonly baseString?: string
  readonly json?: boolean
}

const AFTER = `
FILE, or the standard input, has a curl command (quoted for bash or cmd), an
HTTP request as on the wire, or a HAR. Nothing is sent. Without a key only the
form is judged; secrets are named as files, since a command line is remembered.

Exit status: 0 accepted, or nothing wrong in its form; 1 a server refuses it.
`

export function addInspect(program: Command, context: Context): void {
  program
    .command('inspect')
    .argument('[file]', 'the request; - or nothing is the standard input', '-')
    .description('say why a signed request is refused: curl, raw HTTP or HAR')
    .option('--signature-key <file>', 'the key registered for signing (PEM)')
    .option('--encryption-key <file>', 'the other one, to tell when they are swapped')
    .option('--live-session-token <file>', 'the token (base64 or hex)')
    .option('--prefix <file>', 'the decrypted access token secret (hex)')
    .option('--consumer-key <key>', 'as the portal shows it')
    .option('--base-string <file>', 'the base string that your program signed')
    .addOption(jsonOption())
    .addHelpText('after', AFTER)
    .action((file: string, options: InspectOptions) => inspectFile(context, file, options))
}

async function inspectFile(context: Context, file: string, options: InspectOptions): Promise<void> {
  context.isJson = options.json === true
  const { io, colors } = context
  const { inspect } = await import('../inspect/inspect.ts')
  const { readRequests } = await import('../inspect/read-requests.ts')
  const text =
    file === '-' ? (await allOf(io.stdin)).toString() : await readText(resolve(io.cwd, file), file)
  const requests = readRequests(text)
  const knowledge = await readKnowledge(io.cwd, options)
  const found = []
  for (const request of requests) found.push({ request, ...(await inspect(request, knowledge)) })
  if (found.some(({ verdict }) => verdict === 'refused')) context.status = 1
  if (context.isJson) {
    writeJson(
      context,
      found.map(({ request: { method, url }, kind, verdict, signature, findings, baseString }) => ({
        ...{ method, url, kind, verdict, signature },
        findings: findings.map(({ difference, ...rest }) => ({
          ...rest,
          difference: difference && showDifference(difference, baseString),
        })),
      })),
    )
    return
  }
  for (const one of found) await io.stdout.write(inspectionText(one.request, one, colors))
}

async function readKnowledge(cwd: string, options: InspectOptions): Promise<ServerKnowledge> {
  const read = (name: string | undefined) =>
    name === undefined ? undefined : readText(resolve(cwd, name), name)
  return {
    signatureKey: await read(options.signatureKey),
    encryptionKey: await read(options.encryptionKey),
    liveSessionToken: await read(options.liveSessionToken),
    prefix: await read(options.prefix),
    clientBaseString: await read(options.baseString),
    consumerKey: options.consumerKey,
  }
}
