/** What the records keep of a request's headers, query and body: enough to judge it, no secret. */
import { clip } from '../call.ts'
import { parseObject } from '../json-object.ts'
import type { ReceivedRequest } from '../request-record.ts'
import type { UltraCartContext } from './context.ts'
import { BROWSER_KEY_HEADER, SIMPLE_KEY_HEADER } from './credential.ts'

/** How many fields of a body are noted, and how much of each name, in characters. */
const FIELD_LIMIT = 50
const NAME_LIMIT = 64

const SHOWN: readonly string[] = [
  'accept',
  'content-length',
  'content-type',
  'user-agent',
  'x-ultracart-api-version',
]
const CREDENTIALS: readonly string[] = [SIMPLE_KEY_HEADER, BROWSER_KEY_HEADER, 'authorization']

/** Headers by name; of those that may hold a secret, what they are or how long. */
export function receivedHeaders(
  request: Request,
  context: UltraCartContext,
): ReceivedRequest['headers'] {
  return Object.fromEntries(
    [...request.headers].map(([name, value]) => {
      if (SHOWN.includes(name)) return [name, value]
      return [name, CREDENTIALS.includes(name) ? whose(value, context) : size(value)]
    }),
  )
}

/** A JSON object field by field, anything else by its length. */
export function receivedBody(text: string): ReceivedRequest['body'] {
  if (text === '') return null
  const value = parseObject(text)
  if (value === undefined) return size(text)
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, FIELD_LIMIT)
      .map(([name, field]) => [clip(name, NAME_LIMIT), shownField(name, field)]),
  )
}

/** The query with names alone: none of these paths takes one that is not a secret. */
export function receivedQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s)
      return value === undefined ? size(name) : `${name}=${size(value)}`
    })
    .join('&')
}

function whose(value: string, { applications, accessTokens, sessions }: UltraCartContext): string {
  const bare = value.replace(/^Bearer /i, '')
  const { name } = applications.get(bare) ?? accessTokens.get(bare) ?? {}
  if (name !== undefined) return `<${name}>`
  return sessions.has(bare) ? '<key of a user>' : `<unknown, ${bare.length} characters>`
}

function shownField(name: string, field: unknown): string {
  if (typeof field !== 'string') return `<${field === null ? 'null' : typeof field}>`
  if (name === 'grant_type' && /^\w{1,40}$/.test(field)) return field
  if (name === 'redirect_uri' && URL.canParse(field)) {
    const { protocol, host, pathname } = new URL(field)
    return `${protocol}//${host}${pathname}`
  }
  return size(field)
}

function size(text: string): string {
  return `<${text.length} characters>`
}
