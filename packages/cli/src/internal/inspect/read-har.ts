/** Requests with an OAuth header out of a HAR file (HTTP Archive 1.2), or out of one of its entries. */

import { requestUnreadable } from '../errors.ts'
import type { RequestToInspect } from './request.ts'

interface NameValue {
  readonly name?: unknown
  readonly value?: unknown
}

interface Entry {
  readonly startedDateTime?: unknown
  readonly request?: {
    readonly method?: unknown
    readonly url?: unknown
    readonly headers?: readonly NameValue[]
    readonly postData?: { readonly text?: unknown }
  }
  readonly response?: { readonly headers?: readonly NameValue[] }
}

/**
 * @returns one request or more, in the file's order
 * @throws {@link CliError} `CLI_REQUEST_UNREADABLE`
 */
export function readHar(text: string): RequestToInspect[] {
  const found = entriesOf(parse(text)).flatMap(readEntry)
  if (found.length > 0) return found
  throw requestUnreadable(
    'No request in it has an Authorization header. Browsers leave it out of a HAR unless "with sensitive data" is chosen.',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw requestUnreadable('It is not JSON. Drop a .har file, or paste one entry of it.')
  }
}

function entriesOf(value: unknown): readonly (Entry | null)[] {
  const { log, request } = Object(value) as { log?: { entries?: unknown }; request?: unknown }
  if (request !== undefined) return [value as Entry]
  if (Array.isArray(log?.entries)) return log.entries
  throw requestUnreadable(
    'It is JSON, but neither a HAR (log.entries) nor one entry of it (request).',
  )
}

function readEntry(entry: Entry | null): RequestToInspect[] {
  const { request, response, startedDateTime } = entry ?? {}
  const authorization = headerOf(request?.headers, 'authorization')
  const { method, url, postData } = request ?? {}
  if (authorization === undefined || typeof method !== 'string' || typeof url !== 'string')
    return []
  const body = typeof postData?.text === 'string' ? postData.text : undefined
  // The server's clock is what counts; the browser's will do where the answer does not tell it.
  const time = headerOf(response?.headers, 'date') ?? startedDateTime
  const sentAtMs = Date.parse(String(time))
  return [{ method, url, authorization, body, ...(sentAtMs > 0 && { sentAtMs }) }]
}

function headerOf(headers: readonly NameValue[] | undefined, wanted: string): string | undefined {
  if (!Array.isArray(headers)) return undefined
  const found = headers.find(({ name }) => String(name).toLowerCase() === wanted)
  return typeof found?.value === 'string' ? found.value : undefined
}
