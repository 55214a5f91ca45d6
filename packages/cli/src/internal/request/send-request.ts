/** One request, from the options of the command to its answer on the standard output. */
import type { QuerySigning } from '@isoauth/ibkr-oauth1'
import { configOf } from '../commands/options.ts'
import type { RequestOptions } from '../commands/request-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { HTTP_ERROR } from '../exit-status.ts'
import { watchHost } from '../network.ts'
import { paragraph } from '../text.ts'
import { answerJson, head, streamBody } from './answer.ts'
import { readBody, readHeaders } from './body.ts'
import { hintOf } from './hint.ts'
import { connect, serviceFor } from './services.ts'
import { tokenCacheFor } from './token-cache.ts'
import { tracedFetch } from './trace.ts'

interface Sent extends RequestOptions {
  readonly method: string
  readonly path: string
}

/** Signs, sends, and writes the answer; sets the exit status by it. */
export async function sendRequest(context: Context, options: Sent): Promise<void> {
  const { method, path } = options
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
  const platform = watchHost(globalThis.fetch, context.hosts)
  const fetch = options.verbose
    ? tracedFetch(platform, {
        say,
        querySigning: signing,
        hidden: namesOf(options.header),
        secrets: secretsOf(config),
      })
    : platform
  const timeoutMs = options.maxTime === undefined ? undefined : options.maxTime * 1000
  const cache = await tokenCacheFor(config, options, io)
  const onCacheFailed = () =>
    options.verbose && say('* the token cache could not be read or written; a new token was made')
  const sending = { fetch, now, signal, timeoutMs, cache, onCacheFailed }
  const connection = await connect(config, service, sending)

  const start = performance.now()
  const response = await connection.fetch(path, { method, headers, signal, ...(body && { body }) })
  if (response.status >= 400) context.status = HTTP_ERROR
  if (context.isJson) {
    const answer = await answerJson(response, performance.now() - start)
    const hint = hintOf(response.status, JSON.stringify(answer))
    writeJson(context, { ...answer, ...(hint !== undefined && { hint }) })
    return
  }
  if (options.include) await io.stdout.write(head(response))
  const beginning = await streamBody(response, io)
  const hint = hintOf(response.status, beginning)
  if (hint !== undefined) await io.stderr.write(paragraph(`Hint: ${hint}`))
}

function secretsOf({ sections }: LoadedConfig): string[] {
  const { accessToken, accessTokenSecret, decryptedAccessTokenSecret } =
    sections['ibkr.oauth1'] ?? {}
  const secrets = [accessToken, accessTokenSecret, decryptedAccessTokenSecret]
  return secrets.filter((secret) => secret !== undefined)
}

/** The names of the headers that a person gave: they may hold anything. */
function namesOf(lines: readonly string[] = []): string[] {
  return lines.map((line) => line.slice(0, Math.max(0, line.indexOf(':'))).toLowerCase())
}
