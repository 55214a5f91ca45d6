/**
 * The URI of a base string, percent-encoded, with the endpoints that were signed lately kept: a program calls
 * few of them, often.
 */
import { baseStringUri } from './base-string.ts'
import { percentEncode } from './percent-encode.ts'

/** A URL taken apart for signing. */
export interface Endpoint {
  /** Scheme, host and path, percent-encoded. */
  readonly encodedUri: string
  /** What stands behind the `?`, undecoded, as `fetch` sends it. */
  readonly query: string
}

/** So many are kept; then all are forgotten. */
const MOST = 500
/** What the platform's parser leaves as it is in a query. */
const PLAIN_QUERY = /^[!$-&(-;=?-~]*$/

/** Makes a reader that takes URLs apart; it throws as `baseStringUri` does. */
export function createEndpointReader(): (url: string) => Endpoint {
  const encodedUris = new Map<string, string>()
  return (url) => {
    const end = url.search(/[?#]/) + 1
    // With its delimiter: at the very end the parser drops a blank, before a query it does not.
    const endpoint = end === 0 ? url : url.slice(0, end)
    const query = end === 0 ? '' : url.slice(end)
    const known = encodedUris.get(endpoint)
    if (known !== undefined && endpoint.at(-1) !== '#' && PLAIN_QUERY.test(query)) {
      return { encodedUri: known, query }
    }
    const parsed = baseStringUri(url)
    const encodedUri = percentEncode(parsed.uri)
    if (encodedUris.size >= MOST) encodedUris.clear()
    encodedUris.set(endpoint, encodedUri)
    return { encodedUri, query: parsed.query }
  }
}
