/**
 * The signature base string (RFC 5849 section 3.4.1) with the broker's two peculiarities: a prefix
 * before it, and the query left out or taken as it stands on the wire.
 */
import { baseStringUri } from './base-string-uri.ts'
import { refuse } from './internal/raise.ts'
import { percentEncode } from './percent-encode.ts'

/** A decoded name and value. */
export type Parameter = readonly [name: string, value: string]

/**
 * How the query takes part in the base string: `omit` leaves it out, as the broker's current page
 * says; `wire` takes its pairs undecoded, as the broker's own Java and JavaScript clients do.
 */
export type QuerySigning = 'omit' | 'wire'

/** What a base string is made of. */
export interface SignatureBaseStringOptions {
  /** HTTP method in any case; written in upper case. */
  readonly method: string
  /** The absolute URL as it is sent, query included. */
  readonly url: string | { readonly href: string }
  /** Decoded protocol parameters; `realm` and `oauth_signature` are left out. */
  readonly parameters: ReadonlyArray<Parameter>
  /** An `application/x-www-form-urlencoded` body; its decoded pairs are signed under `wire`. */
  readonly formBody?: string | undefined
  /** The decrypted access token secret in lower-case hex, for the live session token request. Default: empty. */
  readonly prefix?: string | undefined
  /** Default: `omit`. */
  readonly querySigning?: QuerySigning | undefined
}

/**
 * Computes the signature base string: `prefix METHOD & URL & PARAMETERS`, the last two
 * percent-encoded.
 *
 * @returns ASCII text, to be signed as its UTF-8 bytes
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 *
 * @example
 * ```ts
 * signatureBaseString({
 *   method: 'GET',
 *   url: 'https://api.ibkr.com/v1/api/portfolio/accounts',
 *   parameters: [['oauth_consumer_key', 'TESTCONS'], ['oauth_nonce', '81e1'], …],
 * }) // 'GET&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fportfolio%2Faccounts&oauth_consumer_key%3D…'
 * ```
 *
 * Source: RFC 5849 section 3.4.1; the broker's page "Standard Structure for Authenticated Requests"
 * (query left out) and its Java client's SignatureBaseStringBuilder (query on the wire).
 */
export function signatureBaseString(options: SignatureBaseStringOptions): string {
  const { method, url, parameters, formBody = '', prefix = '', querySigning = 'omit' } = options
  requireQuerySigning(querySigning)
  if (!/^([0-9a-f]{2})*$/.test(prefix)) {
    refuse('prefix', 'the decrypted secret in lower-case hex')
  }
  const { uri, query } = baseStringUri(url)
  const pairs = headerPairs(parameters)
  if (querySigning === 'wire') pairs.push(...wirePairs(query), ...formPairs(formBody))
  const joined = pairs
    .sort(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return `${prefix}${upperMethod(method)}&${percentEncode(uri)}&${percentEncode(joined)}`
}

/** Checks an HTTP method and writes it in upper case. */
export function upperMethod(method: string): string {
  if (typeof method !== 'string' || !/^[a-z]+$/i.test(method)) {
    refuse('method', "an HTTP method like 'GET'")
  }
  return method.toUpperCase()
}

/** Checks a way of signing the query. */
export function requireQuerySigning(querySigning: unknown): void {
  if (querySigning !== 'omit' && querySigning !== 'wire') refuse('querySigning', "'omit' or 'wire'")
}

/** Protocol parameters as they stand in the header: that text, not the value, is signed. */
function headerPairs(parameters: ReadonlyArray<Parameter>): Parameter[] {
  if (!Array.isArray(parameters)) {
    refuse('parameters', 'an array of [name, value] pairs')
  }
  return (parameters as ReadonlyArray<Parameter>)
    .filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)])
}

/** The query's pairs undecoded; a piece without `=` is dropped, as the broker's library does. */
function wirePairs(query: string): Parameter[] {
  return query.split('&').flatMap((piece): Parameter[] => {
    const at = piece.indexOf('=')
    return at < 0 ? [] : [[piece.slice(0, at), piece.slice(at + 1)]]
  })
}

function formPairs(formBody: string): Parameter[] {
  return [...new URLSearchParams(formBody)]
}

function byNameThenValue(a: Parameter, b: Parameter): number {
  return compare(a[0], b[0]) || compare(a[1], b[1])
}

/** Byte order: all is ASCII here but the decoded pairs of a form. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
