/** One request, from the options of the command to its answer on the standard output. */
import type { QuerySigning } from '@isoauth/ibkr-oauth1'
import type { RequestOptions } from '../commands/request-options.ts'
import { configOf } from '../config/choose-config.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { watchHost } from '../network.ts'
import { colorsFor } from '../text.ts'
import { readBody, readHeaders } from './body.ts'
import { jsonOfFields, withQueryFields } from './fields.ts'
import { readQuery } from './query.ts'
import { connect, serviceFor } from './services.ts'
import { tokenCacheFor } from './token-cache.ts'
import { tracedFetch } from './trace.ts'
import { writeAnswer } from './write-answer.ts'

interface Sent extends RequestOptions {
  readonly method: string
  readonly path: string
}

/** Signs, sends, and writes the answer; sets the exit status by it. */
export async function sendRequest(context: Context, options: Sent): Promise<void> {
  const { method, fields = [] } = options
  context.isJson = options.json === true
  const { io } = context
  const { signal, now } = io
  requireFitting(options)
  const query = options.query === undefined ? undefined : await readQuery(options.query)
  const config = await configOf(context, options)
  const service = options.service ?? serviceFor(config, options.path)
  const isInQuery = fields.length > 0 && hasNoBody(method)
  const path = isInQuery ? await withQueryFields(options.path, fields, io) : options.path
  const isBody = fields.length > 0 && !isInQuery
  const body = isBody
    ? new TextEncoder().encode(await jsonOfFields(fields, io))
    : await readBody(options.data, io)
  const headers = readHeaders(options.header ?? [], body)
  const { dim } = colorsFor(io.stderr, io.env, options.color)
  const say = (line: string) => io.stderr.write(`${dim(line)}\n`)
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
  let isRenewed = false
  const onRenewed = () => {
    isRenewed = true
  }
  const connection = await connect(config, service, {
    fetch,
    now,
    signal,
    timeoutMs,
    cache,
    onCacheFailed,
    onRenewed,
    // What a person sends is sent once; whether to send it again is theirs to say.
    retryUnauthorized: 'never',
  })

  const start = performance.now()
  const response = await connection.fetch(path, { method, headers, signal, ...(body && { body }) })
  const durationMs = performance.now() - start
  await writeAnswer(context, options, { response, durationMs, query, isRenewed: () => isRenewed })
}

function hasNoBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function requireFitting({ method, data, fields = [], raw, query }: Sent): void {
  if (data !== undefined && hasNoBody(method)) {
    throw argumentsInvalid(`A ${method} request has no body: leave --data out.`, 'data')
  }
  if (data !== undefined && fields.length > 0) {
    throw argumentsInvalid('Give --data or fields, not both: each is the whole body.', 'data')
  }
  if (raw === true && query === undefined) {
    throw argumentsInvalid(
      '--raw is for what --query gives: add --query, or leave --raw out.',
      'raw',
    )
  }
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
