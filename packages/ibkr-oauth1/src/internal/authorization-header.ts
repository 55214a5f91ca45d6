/**
 * The `Authorization` header of OAuth 1.0a (RFC 5849 section 3.5.1).
 */
import { refuse, requireOptions } from './errors.ts'
import { percentEncode } from './percent-encode.ts'
import { type Parameter, requireParameters } from './protocol-parameters.ts'

/**
 * Writes the header's value: `OAuth realm="…"`, then the parameters sorted by name, every value
 * percent-encoded (a raw `=` or `,` makes the broker's library drop the parameter).
 *
 * @param parameters - decoded pairs, `oauth_signature` as base64 among them
 * @param options.realm - `limited_poa`, or `test_realm` for the consumer `TESTCONS`; not signed
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 *
 * @example
 * ```ts
 * authorizationHeaderValue([['oauth_nonce', 'ab'], ['oauth_signature', 'x+y=']], { realm: 'limited_poa' })
 * // 'OAuth realm="limited_poa", oauth_nonce="ab", oauth_signature="x%2By%3D"'
 * ```
 *
 * Source: RFC 5849 section 3.5.1.
 */
export function authorizationHeaderValue(
  parameters: ReadonlyArray<Parameter>,
  options: { readonly realm: string },
): string {
  const { realm } = requireOptions(options)
  const pairs = requireParameters(parameters)
    .map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`)
    .sort((a, b) => (a < b ? -1 : 1))
  return `OAuth ${[`realm="${requireRealm(realm)}"`, ...pairs].join(', ')}`
}

/** Checks a realm: nothing that needs an escape inside of quotes. */
export function requireRealm(realm: string): string {
  if (typeof realm !== 'string' || !/^[\w.:/-]+$/.test(realm)) {
    refuse('realm', "a word like 'limited_poa'")
  }
  return realm
}
