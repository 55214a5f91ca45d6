/** The form of a request apart from its credential: version, media types, query, JSON body. */
import { type Call, check } from '../call.ts'
import { parseObject } from '../json-object.ts'
import { failure } from './answers.ts'
import { receivedBody } from './received.ts'

const API_VERSION = '2017-03-01'
const JSON_UTF8 = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i
const TAKES_JSON = /(?:^|,)\s*(?:application\/json|application\/\*|\*\/\*)\s*(?:[;,]|$)/i

/** Version header, `Accept`, and no query. */
export function checkHead(call: Call): void {
  const { headers } = call.request
  const refuse = (text: string) => () => failure(call.record, { status: 400, message: text })
  const version = headers.get('x-ultracart-api-version')
  // The vendor's own clients send it with a simple key, and some of them not with an access token.
  const optional = headers.has('authorization')
  check(call, version === API_VERSION || (version === null && optional), {
    name: 'api-version',
    detail: `X-UltraCart-Api-Version: ${API_VERSION} is required`,
    refuse: refuse('Invalid X-UltraCart-Api-Version'),
  })
  const accept = headers.get('accept')
  check(call, accept === null || TAKES_JSON.test(accept), {
    name: 'accept',
    detail: 'application/json has to be acceptable',
    refuse: refuse('Invalid Accept'),
  })
  check(call, call.query === undefined, {
    name: 'query',
    detail: 'the operation takes no query',
    refuse: refuse('Invalid query'),
  })
}

/** The fields of a JSON object. */
export async function readFields(call: Call): Promise<Readonly<Record<string, unknown>>> {
  const type = call.request.headers.get('content-type') ?? ''
  check(call, JSON_UTF8.test(type), {
    name: 'content-type',
    detail: 'application/json in UTF-8 is required',
    refuse: () => failure(call.record, { status: 400, message: 'Invalid Content-Type' }),
  })
  const text = await call.body()
  if (call.record.received) call.record.received.body = receivedBody(text)
  const fields = parseObject(text)
  check(call, fields !== undefined, {
    name: 'body',
    detail: 'a JSON object is required',
    refuse: () => failure(call.record, { status: 400, message: 'Invalid JSON' }),
  })
  return fields
}
