/**
 * The signature base string of parts that were checked before (RFC 5849 section 3.4.1).
 */
import type { Parameter } from '../base-string.ts'
import { percentEncode } from '../percent-encode.ts'

/** The parameters that every signed request has, decoded. */
export function protocolParameters(
  consumerKey: string,
  nonce: string,
  signatureMethod: string,
  timestamp: string,
): Parameter[] {
  return [
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', signatureMethod],
    ['oauth_timestamp', timestamp],
  ]
}

/** Protocol parameters as they stand in the header: that text, not the value, is signed. */
export function headerPairs(parameters: ReadonlyArray<Parameter>): Parameter[] {
  return parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)])
}

/**
 * The query's pairs undecoded (a piece without `=` is dropped, as the broker's library does) and the
 * decoded pairs of a form.
 */
export function wirePairs(query: string, formBody: string | undefined): Parameter[] {
  const pairs = query.split('&').filter((piece) => piece.includes('='))
  return [
    ...pairs.map((piece): Parameter => {
      const at = piece.indexOf('=')
      return [piece.slice(0, at), piece.slice(at + 1)]
    }),
    ...new URLSearchParams(formBody),
  ]
}

/** Joins method, URI and encoded pairs. Byte order: all is ASCII but the decoded pairs of a form. */
export function joinBaseString(method: string, uri: string, pairs: Parameter[]): string {
  const joined = pairs
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
  return `${method}&${percentEncode(uri)}&${percentEncode(joined)}`
}
