/** `isoauth request`: like curl, signed. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import type { GivenField } from '../request/fields.ts'
import { SERVICE_NAMES } from '../request/service-names.ts'
import { colorOption, configOption, profileOption, readSeconds, withJson } from './options.ts'
import type { RequestOptions } from './request-options.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const
const AFTER = `
PATH lies below the service's base: /portfolio/accounts of ibkr-oauth1 and
ibkr-sso, /gw/api/v1/echo/https of ibkr-oauth2. Without --service: ibkr-oauth2
for /gw/api/v1 paths, else ibkr-oauth1, else ibkr-sso, by what is configured.

A request is sent once, whatever is answered: no order is placed twice. A body
that is JSON is sent as application/json, another one as a form, unless -H says
otherwise. Fields go into the query of a GET or HEAD, else into a JSON body:
-F a[b]=1 is nested, -F a[]=1 a list; true, false, null and numbers have their
type, -F a=@FILE is the text of a file (@-: of the standard input); -f takes
everything as text.

On a terminal JSON is laid out and coloured, and bytes that are no text are not
written; in a pipe every byte passes as it came. --query is JMESPath
(https://jmespath.org): on a terminal laid out, in a pipe one line.

The live session token of ibkr-oauth1 is kept for the next run, sealed, in the
user's cache folder, since a new one may end another program's. Nothing is kept
of a sandbox's.

Exit status: 0 for an answer below 400, 22 for one of 400 or more, 1 for none.

Examples:
  isoauth request GET /portfolio/accounts -c isoauth.json
  isoauth request POST /iserver/auth/status -c isoauth.json --verbose
  isoauth request POST /iserver/auth/ssodh/init -c isoauth.json
    -F publish=true -F compete=false
  isoauth request GET /portfolio/accounts --query '[].accountId' --raw
`

export function addRequest(program: Command, context: Context): void {
  // Of both options, in the order in which they stand.
  const fields: GivenField[] = []
  const collectField = (isTyped: boolean) => (text: string) => {
    fields.push({ text, isTyped })
    return text
  }
  const [typedField, textField] = [collectField(true), collectField(false)]
  const command = program
    .command('request')
    .description('send a signed request and write the answer')
    .argument('<method>', METHODS.join(', '), readMethod)
    .argument('<path>', 'path below the base, with its query')
    .addOption(configOption())
    .addOption(profileOption())
    .option('-d, --data <data>', 'body: text, @FILE, or - for standard input')
    .addOption(
      new Option('-F, --field <key=value>', 'typed field, may be repeated').argParser(typedField),
    )
    .addOption(
      new Option('-f, --raw-field <key=value>', 'field as text, may be repeated').argParser(
        textField,
      ),
    )
    .option('-H, --header <line>', "header 'Name: value', may be repeated", collect)
    .option('-i, --include', 'write status and headers before the body')
    .option('-v, --verbose', 'tell the exchange on standard error, base string without secrets')
    .addOption(new Option('--service <name>', 'service to sign for').choices([...SERVICE_NAMES]))
    .addOption(
      new Option('-m, --max-time <seconds>', 'wait for an answer no longer').argParser(readSeconds),
    )
    .option('--no-cache', 'make a new live session token, and keep none')
    .option('-q, --query <expression>', 'write what this JMESPath expression makes of the answer')
    .option('-r, --raw', "write the query's text without quotation marks, a line each")
    .addOption(colorOption())
  withJson(command, AFTER).action(async (method: string, path: string, options: RequestOptions) => {
    const { sendRequest } = await import('../request/send-request.ts')
    await sendRequest(context, { ...options, fields, method, path })
  })
}

function readMethod(text: string): string {
  const method = text.toUpperCase()
  if ((METHODS as readonly string[]).includes(method)) return method
  throw new InvalidArgumentError(`One of ${METHODS.join(', ')} is required.`)
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
