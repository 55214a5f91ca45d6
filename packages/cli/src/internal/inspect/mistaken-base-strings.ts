/** The base strings that the usual mistakes produce, each with its cause and remedy. */
import { percentEncode } from '@isoauth/ibkr-oauth1/signing'
import { decode, type ParsedHeader } from './authorization-header.ts'
import type { BaseStringParts } from './base-string.ts'
import type { RequestToInspect } from './request.ts'

export interface Mistake {
  readonly id: string
  readonly title: string
  readonly cause: string
  readonly remedy: string
  /** What was signed. */
  readonly baseString: string
}

type Pair = readonly [name: string, value: string]

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD']

/** Every mistake that gives another base string than the right one, the likeliest first. */
export function mistakenBaseStrings(
  request: RequestToInspect,
  header: ParsedHeader,
  right: BaseStringParts,
): Mistake[] {
  const all = [
    ...prefixMistakes(right),
    ...parameterMistakes(header, right),
    ...bodyMistakes(request, right),
    ...queryMistakes(request, right),
    ...addressMistakes(right),
    ...methodMistakes(right),
  ]
  return all.filter(({ baseString }) => baseString !== right.text)
}

function prefixMistakes({ prefix, text }: BaseStringParts): Mistake[] {
  if (prefix === '') return []
  const bare = text.slice(prefix.length)
  const remedy =
    'Write the decrypted secret in lower-case hex, all of its bytes, directly before the method.'
  return [
    {
      id: 'prefix-missing',
      title: 'The prefix is missing',
      cause: 'A live session token request was signed like any other OAuth request.',
      remedy,
      baseString: bare,
    },
    {
      id: 'prefix-upper-case',
      title: 'The prefix is in capitals',
      cause: 'The hex encoder in use writes capital letters.',
      remedy,
      baseString: prefix.toUpperCase() + bare,
    },
    {
      id: 'prefix-ampersand',
      title: 'The prefix is joined with &',
      cause: 'It was taken for a further part of the base string.',
      remedy,
      baseString: `${prefix}&${bare}`,
    },
    {
      id: 'prefix-zeros-lost',
      title: "The secret's leading zeros are lost",
      cause: 'The secret went through a number (BigInt, Integer), which keeps no leading zeros.',
      remedy,
      baseString: prefix.replace(/^0+/, '') + bare,
    },
    {
      id: 'prefix-zeros-lost',
      title: "The secret's leading zero bytes are lost",
      cause: 'The secret went through a number (BigInt, Integer), which keeps no leading zeros.',
      remedy,
      baseString: prefix.replace(/^(?:00)+/, '') + bare,
    },
  ]
}

function parameterMistakes(header: ParsedHeader, right: BaseStringParts): Mistake[] {
  const { parameters } = right
  const inHeader = header.pairs
    .filter(({ name }) => !['realm', 'oauth_signature'].includes(name))
    .map(({ name, raw }): Pair => [name, raw])
  const realm = header.pairs.find(({ name }) => name === 'realm')
  const encodedAgain = parameters.map(([name, value]): Pair => [name, percentEncode(value)])
  const decoded = parameters.map(([name, value]): Pair => [name, decode(value)])
  return [
    {
      id: 'realm-in-base-string',
      title: 'The realm is inside of the base string',
      cause: 'All pairs of the header were signed; the realm is the one that is not.',
      remedy: 'Leave realm out of the parameters, and add it when the header is written.',
      baseString: join(right, sorted([...parameters, ['realm', realm?.raw ?? 'limited_poa']])),
    },
    {
      id: 'values-escaped-again',
      title: 'Each value was escaped once more before the join',
      cause:
        'The values were encoded for the header, encoded again for the join, and then as a whole.',
      remedy: 'Join the values as they stand in the header, and encode the whole once.',
      baseString: join(right, encodedAgain),
    },
    {
      id: 'values-not-escaped',
      title: 'The values were joined without their escapes',
      cause: 'The values were joined decoded and encoded only as a whole.',
      remedy: 'Join the values as they stand in the header, and encode the whole once.',
      baseString: join(right, decoded),
    },
    {
      id: 'parameters-unsorted',
      title: 'The parameters are not sorted by name',
      cause: 'They were joined in the order in which they were set, or in that of the header.',
      remedy: 'Sort by name, then by value, byte by byte, before they are joined.',
      baseString: join(right, inHeader),
    },
    {
      id: 'parameters-not-encoded',
      title: 'The joined parameters were not percent-encoded',
      cause: 'Name, = and & of the parameters stand raw in the base string.',
      remedy: 'Percent-encode the joined parameters as a whole.',
      baseString: `${right.prefix}${right.method}&${percentEncode(right.uri)}&${joined(parameters)}`,
    },
  ]
}

function bodyMistakes({ body }: RequestToInspect, right: BaseStringParts): Mistake[] {
  if (body === undefined || body === '') return []
  const about = {
    id: 'json-body-in-base-string',
    title: 'The JSON body is inside of the base string',
    cause: 'Its members were signed as if they were parameters; only those of a form are.',
    remedy: 'Leave a JSON body out of the base string.',
  }
  const members = membersOf(body).map(([name, value]): Pair => [name, percentEncode(value)])
  return [
    { ...about, baseString: join(right, sorted([...right.parameters, ...members])) },
    { ...about, baseString: `${right.text}&${percentEncode(body)}` },
    { ...about, baseString: right.text + percentEncode(body) },
  ]
}

function queryMistakes({ url }: RequestToInspect, right: BaseStringParts): Mistake[] {
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
  if (query === '') return []
  const pairs = [...new URLSearchParams(query)]
  const encoded = pairs.map(([name, value]): Pair => [percentEncode(name), percentEncode(value)])
  return [
    {
      id: 'query-in-address',
      title: 'The query stands in the address of the base string',
      cause: 'The whole URL was encoded, question mark and all.',
      remedy: "Cut the address at the question mark (querySigning: 'omit', the default).",
      baseString: `${right.prefix}${right.method}&${percentEncode(`${right.uri}?${query}`)}&${percentEncode(joined(right.parameters))}`,
    },
    {
      id: 'query-encoded-again',
      title: 'The query was signed as RFC 5849 says, which the broker does not do',
      cause: 'Each query value was decoded, encoded and encoded again with the whole.',
      remedy: "Leave the query out (querySigning: 'omit'), or sign it as it stands ('wire').",
      baseString: join(right, sorted([...right.parameters, ...encoded])),
    },
  ]
}

function addressMistakes(right: BaseStringParts): Mistake[] {
  const { uri } = right
  const url = new URL(uri)
  const other = url.protocol === 'https:' ? 'http:' : 'https:'
  const about = {
    id: 'address-differs',
    title: 'Another address was signed than the request was sent to',
    cause: 'Scheme, host, port or path were written by hand, or a proxy stands between.',
    remedy:
      'Sign the address that the broker sees: scheme and host in small letters, no default port.',
  }
  const addresses = [
    uri.replace(/^https?:/, other),
    `${url.protocol}//${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}${url.pathname}`,
    `${url.protocol}//${url.hostname}${url.pathname}`,
    uri.endsWith('/') ? uri.slice(0, -1) : `${uri}/`,
    `https://api.ibkr.com${url.pathname}`,
    `https://localhost${url.pathname}`,
    url.pathname,
  ]
  return [...new Set(addresses)].map((address) => ({
    ...about,
    baseString: `${right.prefix}${right.method}&${percentEncode(address)}&${percentEncode(joined(right.parameters))}`,
  }))
}

function methodMistakes(right: BaseStringParts): Mistake[] {
  const rest = right.text.slice(right.prefix.length + right.method.length)
  const small = right.method.toLowerCase()
  return [small, ...METHODS].map((method) => ({
    id: method === small ? 'method-lower-case' : 'method-differs',
    title:
      method === small
        ? 'The method was signed in small letters'
        : `${method} was signed, ${right.method} was sent`,
    cause: 'The method in the base string is written apart from the one of the request.',
    remedy: 'Sign the method of the request, in capitals.',
    baseString: right.prefix + method + rest,
  }))
}

function join({ prefix, method, uri }: BaseStringParts, pairs: readonly Pair[]): string {
  return `${prefix}${method}&${percentEncode(uri)}&${percentEncode(joined(pairs))}`
}

function joined(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.join('=')).join('&')
}

function sorted(pairs: readonly Pair[]): Pair[] {
  return [...pairs].sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
}

function membersOf(body: string): Pair[] {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).map(
      ([name, member]): Pair => [
        name,
        typeof member === 'string' ? member : JSON.stringify(member),
      ],
    )
  } catch {
    return []
  }
}
