/**
 * The signature base string (RFC 5849 section 3.4.1) with the broker's two peculiarities: a prefix
 * before it, and the query left out or taken as it stands on the wire.
 */
import {
  baseStringUri,
  headerPairs,
  joinBaseString,
  type QuerySigning,
  readQuerySigning,
  requireFormBody,
  upperMethod,
  wirePairs,
} from './internal/base-string.ts'
import { refuse, requireOptions } from './internal/errors.ts'
import { type Parameter, requireParameters } from './internal/protocol-parameters.ts'

/** What a base string is made of. */
export interface SignatureBaseStringOptions {
  /** HTTP method in any case; written in upper case. */
  readonly method: string
  /** The absolute URL, query included; signed as `fetch` sends it (`/a/../b` as `/b`, a blank as `%20`). */
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
  const { method, url, parameters, formBody, prefix = '', querySigning } = requireOptions(options)
  const signing = readQuerySigning(querySigning)
  if (typeof prefix !== 'string' || !/^([0-9a-f]{2})*$/.test(prefix)) {
    refuse('prefix', 'the decrypted secret in lower-case hex')
  }
  const { uri, query } = baseStringUri(url)
  const signed = requireParameters(parameters).filter(
    ([name]) => name !== 'realm' && name !== 'oauth_signature',
  )
  const pairs = headerPairs(signed)
  const form = requireFormBody(formBody)
  if (signing === 'wire') pairs.push(...wirePairs(query, form))
  return prefix + joinBaseString(upperMethod(method), uri, pairs)
}
