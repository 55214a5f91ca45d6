/**
 * The parts of the signature base string (RFC 5849 section 3.4.1), and what joins them.
 */
import { refuse } from './errors.ts'
import { percentEncode } from './percent-encode.ts'
import type { Parameter } from './protocol-parameters.ts'

/**
 * How the query takes part in the base string: `omit` leaves it out, as the broker's current page
 * says; `wire` takes its pairs undecoded, as the broker's own Java and JavaScript clients do.
 */
export type QuerySigning = 'omit' | 'wire'

/** A URL taken apart, as `fetch` sends it. */
export interface BaseStringUri {
  /** Scheme and host in lower case, no default port, the path (`/` at least). */
  readonly uri: string
  /** What stands behind the `?`, undecoded; empty without one. */
  readonly query: string
}

/**
 * Takes a URL apart after the platform's parser, which also stands between `fetch` and the wire: it
 * resolves `/a/../b` and escapes blanks and `é`, and what is signed must be what is sent.
 *
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 */
export function baseStringUri(url: string | { readonly href: string }): BaseStringUri {
  const parsed = parseUrl(requireUrlText(url))
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) {
    return refuse('url', URL_FORM)
  }
  return { uri: parsed.origin + parsed.pathname, query: parsed.search.slice(1) }
}

/** Takes the text of a URL. */
export function requireUrlText(url: string | { readonly href: string }): string {
  const text: unknown = typeof url === 'string' ? url : url?.href
  return typeof text === 'string' ? text : refuse('url', URL_FORM)
}

const URL_FORM = 'an absolute http or https URL without user name'

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Checks the text of a form. */
export function requireFormBody(formBody: string | undefined): string | undefined {
  const isRight = formBody === undefined || typeof formBody === 'string'
  return isRight ? formBody : refuse('formBody', 'the text of the form')
}

/** Checks an HTTP method and writes it in upper case. */
export function upperMethod(method: string): string {
  if (typeof method !== 'string' || !/^[a-z]+$/i.test(method)) {
    refuse('method', "a word like 'GET'")
  }
  return method.toUpperCase()
}

/** Checks a way of signing the query; `omit` where none is given. */
export function readQuerySigning(querySigning: QuerySigning = 'omit'): QuerySigning {
  if (querySigning !== 'omit' && querySigning !== 'wire') refuse('querySigning', "'omit' or 'wire'")
  return querySigning
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
  const pairs: Parameter[] = []
  for (const piece of query.split('&')) {
    const at = piece.indexOf('=')
    if (at >= 0) pairs.push([piece.slice(0, at), piece.slice(at + 1)])
  }
  if (formBody) pairs.push(...new URLSearchParams(formBody))
  return pairs
}

/** Joins method, URI and encoded pairs. */
export function joinBaseString(method: string, uri: string, pairs: readonly Parameter[]): string {
  return `${method}&${percentEncode(uri)}&${percentEncode(joinPairs(pairs))}`
}

/** Sorts and joins encoded pairs. Byte order: all is ASCII but the decoded pairs of a form. */
export function joinPairs(pairs: readonly Parameter[]): string {
  return [...pairs]
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}
