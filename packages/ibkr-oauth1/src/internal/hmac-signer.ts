/**
 * Signs protected requests with a live session token. Nothing is checked here: what a client or
 * `createRequestSigner` gives was checked before.
 */
import { createHmacSha256 } from '@isoauth/core-crypto'
import { joinPairs, type QuerySigning, wirePairs } from './base-string.ts'
import { createEndpointReader } from './endpoint.ts'
import type { LiveSessionToken } from './live-session-token.ts'
import { percentEncode, percentEncodeBase64 } from './percent-encode.ts'
import type { Parameter } from './protocol-parameters.ts'
import type { TokenSettings } from './settings.ts'

/** What stays the same from request to request. */
export interface HmacSignerOptions {
  readonly consumerKey: string
  readonly accessToken: string
  readonly realm: string
  readonly querySigning: QuerySigning
}

/** What is signed of one request. */
export interface HmacSignedRequest {
  /** In upper case. */
  readonly method: string
  /** Absolute, as the service sees it. */
  readonly url: string
  readonly formBody: string | undefined
  readonly nonce: string
  readonly timestamp: string
}

/** Gives the `Authorization` header's value of one request. */
export type HmacSigner = (request: HmacSignedRequest) => string

const SIGNATURE_METHOD = 'HMAC-SHA256'
/** The names of all protocol parameters begin so, and stand together in the sorted list. */
const PREFIX = 'oauth_'

/**
 * Prepares everything that does not change from request to request: a program signs each of its calls, and
 * most of a base string is the same in all.
 */
export function createHmacSigner(
  { consumerKey, accessToken, realm, querySigning }: HmacSignerOptions,
  liveSessionToken: Uint8Array,
): HmacSigner {
  const hmac = createHmacSha256(liveSessionToken)
  const readEndpoint = createEndpointReader()
  const consumer = percentEncode(consumerKey)
  const token = percentEncode(accessToken)

  const headerStart = `OAuth realm="${realm}", oauth_consumer_key="${consumer}", oauth_nonce="`
  const baseStart = percentEncode(`oauth_consumer_key=${consumer}&oauth_nonce=`)
  const baseMiddle = percentEncode(`&oauth_signature_method=${SIGNATURE_METHOD}&oauth_timestamp=`)
  const baseEnd = percentEncode(`&oauth_token=${token}`)

  return ({ method, url, formBody, nonce, timestamp }) => {
    const { encodedUri, query } = readEndpoint(url)
    // Nonce and time are unreserved characters, so the prepared pieces need no new encoding.
    const protocol = baseStart + nonce + baseMiddle + timestamp + baseEnd
    const signed =
      querySigning === 'omit' ? protocol : amongPairs(protocol, wirePairs(query, formBody))
    const signature = percentEncodeBase64(hmac(`${method}&${encodedUri}&${signed}`))
    return `${headerStart}${nonce}", oauth_signature="${signature}", oauth_signature_method="${SIGNATURE_METHOD}", oauth_timestamp="${timestamp}", oauth_token="${token}"`
  }
}

/**
 * Puts the protocol parameters, already encoded, where they belong among a request's own pairs: what sorting
 * all of them gives (RFC 5849 section 3.4.1.3.2), but the prepared text stays whole. Only where the request has
 * a name that begins with `oauth_` itself, which belongs between them, are they taken apart and sorted anew.
 * `%26` is the `&` of the joined list, encoded as all of the list is.
 */
function amongPairs(protocol: string, pairs: readonly Parameter[]): string {
  if (pairs.some(([name]) => name.startsWith(PREFIX))) {
    return percentEncode(joinPairs([...pairsOf(protocol), ...pairs]))
  }
  const isBefore = ([name]: Parameter) => name < PREFIX
  const before = pairs.filter(isBefore)
  const after = before.length === 0 ? pairs : pairs.filter((pair) => !isBefore(pair))
  const start = before.length === 0 ? '' : `${percentEncode(joinPairs(before))}%26`
  return start + protocol + (after.length === 0 ? '' : `%26${percentEncode(joinPairs(after))}`)
}

/** Takes encoded parameters apart again, as they stand in the header. */
function pairsOf(protocol: string): Parameter[] {
  return decodeURIComponent(protocol)
    .split('&')
    .map((pair): Parameter => {
      const [name = '', value = ''] = pair.split('=')
      return [name, value]
    })
}

/** Signs one request with a token. */
export type ClientSigner = (
  token: LiveSessionToken,
  request: { readonly method: string; readonly url: URL; readonly formBody?: string | undefined },
) => string

/** Makes a client's signer: one prepared for each token, the URL as the broker sees it. */
export function createClientSigner(settings: TokenSettings & HmacSignerOptions): ClientSigner {
  const { base, signingBase, clock, nextNonce } = settings
  const signers = new WeakMap<LiveSessionToken, HmacSigner>()
  return (token, { method, url, formBody }) => {
    const sign = signers.get(token) ?? createHmacSigner(settings, token.token)
    signers.set(token, sign)
    // A client calls below its own base only, so what follows the base is the path that the broker sees.
    return sign({
      method,
      url: signingBase.href + url.href.slice(base.href.length),
      formBody,
      nonce: nextNonce(),
      timestamp: String(clock.timestampSeconds()),
    })
  }
}
