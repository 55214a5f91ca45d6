/** The form of a request apart from its credential: version, media types, query, JSON body. */
import { type Call, check } from '../internal/call.ts'
import { failure } from './answers.ts'
import { receivedBody } from './received.ts'

const API_VERSION = '2017-03-01'
const JSON_UTF8 = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i
const TAKES_JSON = /(?:^|,)\s*(?:application\/json|application\/\*|\*\/\*)\s*(?:[;,]|$)/i

/** Version header, `Accept`, and no query. */
export function checkHead(call: Call): void {
  const { headers } = call.request
  const refuse = (text: string) => () => failure(call.record, 400, text)
  const version = headers.get('x-ultracart-api-version')
  // The vendor's own clients send it with a simple key, and some of them not with an access token.
  const optional = headers.has('authorization')
  check(
    call,
    'api-version',
    version === API_VERSION || (version === null && optional),
    `X-UltraCart-Api-Version: ${API_VERSION} is required`,
    refuse('Invalid X-UltraCart-Api-Version'),
  )
  const accept = headers.get('accept')
  check(
    call,
    'accept',
    accept === null || TAKES_JSON.test(accept),
    'application/json has to be acceptable',
    refuse('Invalid Accept'),
  )
  check(
    call,
    'query',
    call.query === undefined,
    'the operation takes no query',
    refuse('Invalid query'),
  )
}

/** The fields of a JSON object. */
export async function readFields(call: Call): Promise<Readonly<Record<string, unknown>>> {
  const type = call.request.headers.get('content-type') ?? ''
  check(call, 'content-type', JSON_UTF8.test(type), 'application/json in UTF-8 is required', () =>
    failure(call.record, 400, 'Invalid Content-Type'),
  )
  const text = await call.body()
  if (call.record.received) call.record.received.body = receivedBody(text)
  const fields = parse(text)
  check(call, 'body', fields !== undefined, 'a JSON object is required', () =>
    failure(call.record, 400, 'Invalid JSON'),
  )
  return fields
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
