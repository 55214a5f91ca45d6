/**
 * Signature base strings under every treatment of the query that is found in the field.
 *
 * `base = prefix + METHOD + "&" + pct(URL) + "&" + pct(PARAMS)`, where PARAMS are the header's
 * pairs exactly as they stand there, sorted by name, then value, and joined.
 */
import type { BaseStringEncoder, QuerySigning } from '../request-record.ts'
import type { WirePair } from './authorization-header.ts'
import { ENCODERS, formDecode, percentDecode, percentEncode } from './percent-encoding.ts'

export interface BaseStringInput {
  readonly prefix?: string | undefined
  readonly method: string
  /** Scheme, host and port as signed, without a slash at the end. */
  readonly origin: string
  /** Path as it stood on the wire. */
  readonly path: string
  /** Query as it stood on the wire; `undefined` without a question mark. */
  readonly query?: string | undefined
  /** Body of a form request, else `undefined`. */
  readonly form?: string | undefined
  /** The OAuth pairs as they stand in the header, without realm and signature. */
  readonly pairs: readonly WirePair[]
}

export function signatureBaseString(
  input: BaseStringInput,
  querySigning: QuerySigning,
  encoder: BaseStringEncoder = 'rfc3986',
): string {
  const encode = ENCODERS[encoder]
  const url = input.origin + input.path
  const signedUrl =
    querySigning === 'urlWithQuery' && input.query !== undefined ? `${url}?${input.query}` : url
  const pairs = [...ownPairs(input, querySigning), ...queryPairs(input, querySigning)]
  const parameters = pairs
    .sort(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return `${input.prefix ?? ''}${input.method}&${encode(signedUrl)}&${encode(parameters)}`
}

function ownPairs(input: BaseStringInput, querySigning: QuerySigning): readonly WirePair[] {
  if (querySigning !== 'rfc5849') return input.pairs
  return input.pairs.map(([name, value]) => [
    percentEncode(percentDecode(name) ?? name),
    percentEncode(percentDecode(value) ?? value),
  ])
}

function queryPairs(input: BaseStringInput, querySigning: QuerySigning): readonly WirePair[] {
  const query = splitPairs(input.query)
  const form = splitPairs(input.form)
  switch (querySigning) {
    case 'omit':
    case 'urlWithQuery':
      return []
    case 'wire':
      // The vendor's library drops a name without "=", and signs form fields decoded.
      return [
        ...query.filter(hasEquals).map(raw),
        ...form.filter(hasEquals).map((piece) => decoded(piece)),
      ]
    case 'decoded':
      return [...query, ...form].map((piece) => decoded(piece))
    case 'rfc5849':
      return [...query, ...form]
        .map((piece) => decoded(piece))
        .map(([name, value]) => [percentEncode(name), percentEncode(value)])
  }
}

function splitPairs(text: string | undefined): string[] {
  return (text ?? '').split('&').filter((piece) => piece !== '')
}

function hasEquals(piece: string): boolean {
  return piece.includes('=')
}

function raw(piece: string): WirePair {
  const at = piece.indexOf('=')
  return at < 0 ? [piece, ''] : [piece.slice(0, at), piece.slice(at + 1)]
}

function decoded(piece: string): WirePair {
  const [name, value] = raw(piece)
  return [formDecode(name), formDecode(value)]
}

function byNameThenValue(a: WirePair, b: WirePair): number {
  return compare(a[0], b[0]) || compare(a[1], b[1])
}

/** By code point, which is also the order of the UTF-8 bytes. */
function compare(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    if (a[index] === b[index]) continue
    return (a.codePointAt(index) ?? 0) - (b.codePointAt(index) ?? 0)
  }
  return a.length - b.length
}
