/** The form of a token request (RFC 6749 section 4.4.2, RFC 7521 section 4.2). */
import { type Call, check, clip } from '../call.ts'
import { readForm } from '../request-body.ts'
import { isBearer } from './access-token.ts'
import { invalidArguments, simpleProblem } from './problem-details.ts'

export interface TokenRequest {
  readonly assertion: string
  readonly clientId: string | undefined
  /** As asked for; `undefined` when it was left out. */
  readonly scope: string | undefined
}

const GRANT_TYPE = 'client_credentials'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** How much of a name that a client made up is repeated, in characters. */
const NAME_LIMIT = 40
const REQUIRED = ['grant_type', 'client_assertion_type', 'client_assertion'] as const
/** What clients generated from a description of the API send. */
const CAMEL_CASE = /^(?:grantType|client(?:Id|Secret|Assertion(?:Type)?|AuthenticationMethod))$/

export async function readTokenRequest(call: Call): Promise<TokenRequest> {
  const bad = () => simpleProblem(400)
  check(call, call.record.method === 'POST', {
    name: 'method',
    detail: 'POST is required',
    refuse: () => 405,
  })
  const { headers } = call.request
  const type = headers.get('content-type') ?? ''
  const form =
    /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8"))?$/i.test(type)
  check(call, form, {
    name: 'content-type',
    detail: 'application/x-www-form-urlencoded is required',
    refuse: bad,
  })
  // The newest description lists a bearer on this call; a second way to authenticate is an error.
  const second = headers.get('authorization')
  check(call, second === null || isBearer(second), {
    name: 'authorization',
    detail: 'the assertion authenticates, and nothing else',
    refuse: bad,
  })
  const fields = readFields(call, await readForm(call))
  const [grantType, assertionType, assertion = ''] = REQUIRED.map((name) => fields.get(name))
  const one = (field: string) => () => invalidArguments([{ field, description: 'Invalid value' }])
  check(call, grantType === GRANT_TYPE, {
    name: 'grant-type',
    detail: GRANT_TYPE,
    refuse: one('grant_type'),
  })
  check(call, assertionType === ASSERTION_TYPE, {
    name: 'assertion-type',
    detail: ASSERTION_TYPE,
    refuse: one('client_assertion_type'),
  })
  return { assertion, clientId: fields.get('client_id'), scope: fields.get('scope') }
}

/** The members that have a value; each may be there once, with a value or without (RFC 6749 section 3.2). */
function readFields(call: Call, form: URLSearchParams): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of form) {
    const repeated = () =>
      invalidArguments([{ field: clip(name, NAME_LIMIT), description: 'Duplicate parameter' }])
    if (fields.has(name))
      check(call, false, {
        name: 'form',
        detail: `${clip(name, NAME_LIMIT)} is there twice`,
        refuse: repeated,
      })
    fields.set(name, value)
  }
  for (const [name, value] of form) if (value === '') fields.delete(name)
  const camel = [...fields.keys()].find((name) => CAMEL_CASE.test(name))
  const missing = REQUIRED.filter((name) => !fields.has(name))
  const problems = missing.map((field) => ({ field, description: 'Missing required parameter' }))
  const hint = camel === undefined ? '' : `; ${camel}: names on the wire are snake_case`
  const detail = `${missing.join(', ')} missing${hint}`
  const complete = missing.length === 0
  check(call, complete, {
    name: 'form',
    detail: complete ? 'each member is there once' : detail,
    refuse: () => invalidArguments(problems),
  })
  check(call, camel === undefined, {
    name: 'form',
    detail: `${camel}: names on the wire are snake_case`,
    refuse: () => invalidArguments([{ field: camel ?? '', description: 'Unknown parameter' }]),
  })
  check(call, !fields.has('client_secret'), {
    name: 'form',
    detail: 'there is no client secret',
    refuse: () => invalidArguments([{ field: 'client_secret', description: 'Unknown parameter' }]),
  })
  return fields
}
