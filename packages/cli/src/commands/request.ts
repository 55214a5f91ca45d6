/** `isoauth request`: like curl, signed. */

import type { QuerySigning } from '@isoauth/ibkr-oauth1'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { HTTP_ERROR } from '../exit-status.ts'
import { answerJson, head, streamBody } from '../request/answer.ts'
import { readBody, readHeaders } from '../request/body.ts'
import {
  authorizedFetch,
  SERVICE_NAMES,
  type ServiceName,
  serviceFor,
} from '../request/services.ts'
import { tracedFetch } from '../request/trace.ts'
import { type ConfigOption, configOf, configOption, jsonOption } from './options.ts'

interface RequestOptions extends ConfigOption {
  readonly data?: string
  readonly header?: readonly string[]
  readonly include?: boolean
  readonly verbose?: boolean
  readonly service?: ServiceName
  readonly maxTime?: number
  readonly json?: boolean
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const
const AFTER = `
PATH lies below the service's base: /portfolio/accounts of ibkr-oauth1 and
ibkr-sso, /gw/api/v1/echo/https of ibkr-oauth2. Without --service: ibkr-oauth2
for /gw/api/v1 paths, else ibkr-oauth1, else ibkr-sso, by what is configured.

After a 401 a GET or HEAD is repeated once with a new token; a POST never is,
so that no order is placed twice. A body that is JSON is sent as
application/json, another one as a form, unless -H says otherwise.

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
    .option('-d, --data <data>', 'body: text, @FILE, or - for standard input')
    .option('-H, --header <line>', "header 'Name: value', may be repeated", collect)
    .option('-i, --include', 'write status and headers before the body')
    .option('-v, --verbose', 'tell the exchange on standard error, base string without secrets')
    .addOption(new Option('--service <name>', 'service to sign for').choices([...SERVICE_NAMES]))
    .addOption(
      new Option('-m, --max-time <seconds>', 'wait for an answer no longer').argParser(readSeconds),
    )
    .addOption(jsonOption())
    .addHelpText('after', AFTER)
    .action((method: string, path: string, options: RequestOptions) =>
      request(context, method, path, options),
    )
}

async function request(
  context: Context,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<void> {
  context.isJson = options.json === true
  const { io, errorColors } = context
  const { signal, now } = io
  if (options.data !== undefined && /^(GET|HEAD)$/.test(method)) {
    throw argumentsInvalid(`A ${method} request has no body: leave --data out.`, 'data')
  }
  const config = await configOf(context, options)
  const service = options.service ?? serviceFor(config, path)
  const body = await readBody(options.data, io)
  const headers = readHeaders(options.header ?? [], body)
  const say = (line: string) => io.stderr.write(`${errorColors.dim(line)}\n`)
  const signing = config.sections['ibkr.oauth1']?.querySigning as QuerySigning | undefined
  const fetch = options.verbose ? tracedFetch(globalThis.fetch, say, signing) : globalThis.fetch
  const timeoutMs = options.maxTime === undefined ? undefined : options.maxTime * 1000
  const send = await authorizedFetch(config, service, { fetch, now, signal, timeoutMs })

  const start = performance.now()
  const response = await send(path, { method, headers, signal, ...(body && { body }) })
  if (response.status >= 400) context.status = HTTP_ERROR
  if (context.isJson) {
    writeJson(context, await answerJson(response, performance.now() - start))
    return
  }
  if (options.include) await io.stdout.write(head(response))
  await streamBody(response, io)
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
