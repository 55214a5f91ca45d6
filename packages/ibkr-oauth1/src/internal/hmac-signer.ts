/**
 * Signs protected requests with a live session token. Nothing is checked here: what a client or
 * `createRequestSigner` gives was checked before.
 */
import { bytesToBase64, createHmacSha256 } from '@isoauth/core-crypto'
import { headerPairs, joinBaseString, type QuerySigning, wirePairs } from './base-string.ts'
import type { LiveSessionToken } from './live-session-token.ts'
import { percentEncode } from './percent-encode.ts'
import { protocolParameters } from './protocol-parameters.ts'
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
  /** Without query. */
  readonly uri: string
  /** As it stands on the wire, without the `?`. */
  readonly query: string
  readonly formBody: string | undefined
  readonly nonce: string
  readonly timestamp: string
}

/** Gives the `Authorization` header's value of one request. */
export type HmacSigner = (request: HmacSignedRequest) => string

const METHOD = 'HMAC-SHA256'

/** Prepares everything that does not change from request to request. */
export function createHmacSigner(
  { consumerKey, accessToken, realm, querySigning }: HmacSignerOptions,
  liveSessionToken: Uint8Array,
): HmacSigner {
  const hmac = createHmacSha256(liveSessionToken)
  const consumer = percentEncode(consumerKey)
  const token = percentEncode(accessToken)

  const headerStart = `OAuth realm="${realm}", oauth_consumer_key="${consumer}", oauth_nonce="`
  const baseStart = percentEncode(`oauth_consumer_key=${consumer}&oauth_nonce=`)
  const baseMiddle = percentEncode(`&oauth_signature_method=${METHOD}&oauth_timestamp=`)
  const baseEnd = percentEncode(`&oauth_token=${token}`)

  return ({ method, uri, query, formBody, nonce, timestamp }) => {
    const wire = querySigning === 'wire' ? wirePairs(query, formBody) : []
    // Nonce and time are unreserved characters, so the prepared pieces need no new encoding.
    const baseString = wire.length
      ? joinBaseString(method, uri, [
          ...headerPairs(
            protocolParameters({ consumerKey, nonce, signatureMethod: METHOD, timestamp }),
          ),
          ['oauth_token', token],
          ...wire,
        ])
      : `${method}&${percentEncode(uri)}&${baseStart}${nonce}${baseMiddle}${timestamp}${baseEnd}`
    const signature = percentEncode(bytesToBase64(hmac(baseString)))
    return `${headerStart}${nonce}", oauth_signature="${signature}", oauth_signature_method="${METHOD}", oauth_timestamp="${timestamp}", oauth_token="${token}"`
  }
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
    const seen = new URL(signingBase.href + url.href.slice(base.href.length))
    return sign({
      method,
      uri: seen.origin + seen.pathname,
      query: seen.search.slice(1),
      formBody,
      nonce: nextNonce(),
      timestamp: String(clock.timestampSeconds()),
    })
  }
}
