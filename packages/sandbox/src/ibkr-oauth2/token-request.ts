/** The form of a token request (RFC 6749 section 4.4.2, RFC 7521 section 4.2). */
import { type Call, check } from '../internal/call.ts'
import { invalidArguments, simpleProblem } from './problem-details.ts'

export interface TokenRequest {
  readonly assertion: string
  readonly clientId: string | undefined
  /** As asked for; `undefined` when it was left out. */
  readonly scope: string | undefined
}

const GRANT_TYPE = 'client_credentials'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const REQUIRED = ['grant_type', 'client_assertion_type', 'client_assertion'] as const
/** What clients generated from a description of the API send. */
const CAMEL_CASE = /^(?:grantType|client(?:Id|Secret|Assertion(?:Type)?|AuthenticationMethod))$/

export async function readTokenRequest(call: Call): Promise<TokenRequest> {
  const bad = () => simpleProblem(400)
  check(call, 'method', call.record.method === 'POST', 'POST is required', () => simpleProblem(405))
  const { headers } = call.request
  const type = headers.get('content-type') ?? ''
  const form = /^application\/x-www-form-urlencoded *(?:; *charset=utf-8)?$/i.test(type)
  check(call, 'content-type', form, 'application/x-www-form-urlencoded is required', bad)
  // The newest description lists a bearer on this call; a second way to authenticate is an error.
  const second = /^(?!bearer\b)/i.test(headers.get('authorization') ?? 'bearer')
  check(call, 'authorization', !second, 'the assertion authenticates, and nothing else', bad)
  const fields = readFields(call, await call.body())
  const [grantType, assertionType, assertion = ''] = REQUIRED.map((name) => fields.get(name))
  const one = (field: string) => () => invalidArguments([{ field, description: 'Invalid value' }])
  check(call, 'grant-type', grantType === GRANT_TYPE, GRANT_TYPE, one('grant_type'))
  check(
    call,
    'assertion-type',
    assertionType === ASSERTION_TYPE,
    ASSERTION_TYPE,
    one('client_assertion_type'),
  )
  return { assertion, clientId: fields.get('client_id'), scope: fields.get('scope') }
}

/** The members that have a value; each may be there once (RFC 6749 section 3.2). */
function readFields(call: Call, body: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(body)) {
    const repeated = () => invalidArguments([{ field: name, description: 'Duplicate parameter' }])
    if (fields.has(name)) check(call, 'form', false, `${clip(name)} is there twice`, repeated)
    if (value !== '') fields.set(name, value)
  }
  const camel = [...fields.keys()].find((name) => CAMEL_CASE.test(name))
  const missing = REQUIRED.filter((name) => !fields.has(name))
  const problems = missing.map((field) => ({ field, description: 'Missing required parameter' }))
  const hint = camel === undefined ? '' : `; ${camel}: names on the wire are snake_case`
  const detail = `${missing.join(', ')} missing${hint}`
  const complete = missing.length === 0
  check(call, 'form', complete, complete ? 'each member is there once' : detail, () =>
    invalidArguments(problems),
  )
  check(call, 'form', camel === undefined, `${camel}: names on the wire are snake_case`, () =>
    invalidArguments([{ field: camel ?? '', description: 'Unknown parameter' }]),
  )
  check(call, 'form', !fields.has('client_secret'), 'there is no client secret', () =>
    invalidArguments([{ field: 'client_secret', description: 'Unknown parameter' }]),
  )
  return fields
}

/** A name that a client made up, short enough for a record. */
function clip(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}...` : name
}
