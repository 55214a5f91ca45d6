/**
 * Signs protected requests with a live session token. Nothing is checked here: what a client or
 * `createRequestSigner` gives was checked before.
 */
import { bytesToBase64, createHmacSha256 } from '@isoauth/core-crypto'
import type { QuerySigning } from '../base-string.ts'
import { percentEncode } from '../percent-encode.ts'
import { headerPairs, joinBaseString, protocolParameters, wirePairs } from './joined-base-string.ts'

/** What stays the same from request to request. */
export interface HmacSignerOptions {
  readonly consumerKey: string
  readonly accessToken: string
  readonly realm: string
  readonly querySigning: QuerySigning
}

/** Gives the `Authorization` header's value of one request; `method` is in upper case. */
export type HmacSigner = (
  method: string,
  uri: string,
  query: string,
  formBody: string | undefined,
  nonce: string,
  timestamp: string,
) => string

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

  return (method, uri, query, formBody, nonce, timestamp) => {
    const wire = querySigning === 'wire' ? wirePairs(query, formBody) : []
    // Nonce and time are unreserved characters, so the prepared pieces need no new encoding.
    const baseString = wire.length
      ? joinBaseString(method, uri, [
          ...headerPairs(protocolParameters(consumerKey, nonce, METHOD, timestamp)),
          ['oauth_token', token],
          ...wire,
        ])
      : `${method}&${percentEncode(uri)}&${baseStart}${nonce}${baseMiddle}${timestamp}${baseEnd}`
    const signature = percentEncode(bytesToBase64(hmac(baseString)))
    return `${headerStart}${nonce}", oauth_signature="${signature}", oauth_signature_method="${METHOD}", oauth_timestamp="${timestamp}", oauth_token="${token}"`
  }
}
