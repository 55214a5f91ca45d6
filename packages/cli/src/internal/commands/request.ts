/** `isoauth request`: like curl, signed. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import { SERVICE_NAMES } from '../request/service-names.ts'
import { configOption, jsonOption, profileOption } from './options.ts'
import type { RequestOptions } from './request-options.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const
const AFTER = `
PATH lies below the service's base: /portfolio/accounts of ibkr-oauth1 and
ibkr-sso, /gw/api/v1/echo/https of ibkr-oauth2. Without --service: ibkr-oauth2
for /gw/api/v1 paths, else ibkr-oauth1, else ibkr-sso, by what is configured.

After a 401 a GET or HEAD is repeated once with a new token; a POST never is,
so that no order is placed twice. A body that is JSON is sent as
application/json, another one as a form, unless -H says otherwise.

The live session token of ibkr-oauth1 is kept for the next run, sealed, in the
user's cache folder, since a new one may end another program's. Nothing is kept
of a sandbox's.

Exit status: 0 for an answer below 400, 22 for one of 400 or more, 1 for none.

Examples:
  isoauth request GET /portfolio/accounts -c isoauth.json
  isoauth request POST /iserver/auth/status -c isoauth.json --verbose
  isoauth request POST /iserver/auth/ssodh/init -c isoauth.json
    -d '{"publish":true,"compete":false}'
`

export function addRequest(program: Command, context: Context): void {
  program
    .command('request')
    .description('send a signed request and write the answer')
    .argument('<method>', METHODS.join(', '), readMethod)
    .argument('<path>', 'path below the base, with its query')
    .addOption(configOption())
    .addOption(profileOption())
    .option('-d, --data <data>', 'body: text, @FILE, or - for standard input')
    .option('-H, --header <line>', "header 'Name: value', may be repeated", collect)
    .option('-i, --include', 'write status and headers before the body')
    .option('-v, --verbose', 'tell the exchange on standard error, base string without secrets')
    .addOption(new Option('--service <name>', 'service to sign for').choices([...SERVICE_NAMES]))
    .addOption(
      new Option('-m, --max-time <seconds>', 'wait for an answer no longer').argParser(readSeconds),
    )
    .option('--no-cache', 'make a new live session token, and keep none')
    .addOption(jsonOption())
    .addHelpText('after', AFTER)
    .action(async (method: string, path: string, options: RequestOptions) => {
      const { sendRequest } = await import('../request/send-request.ts')
      await sendRequest(context, { ...options, method, path })
    })
}

function readMethod(text: string): string {
  const method = text.toUpperCase()
  if ((METHODS as readonly string[]).includes(method)) return method
  throw new InvalidArgumentError(`One of ${METHODS.join(', ')} is required.`)
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (seconds > 0 && seconds <= 86_400) return seconds
  throw new InvalidArgumentError('Seconds above 0 are required.')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
