/**
 * Requests with one usual mistake each, signed with the sandbox's values, so that a person can see how
 * it shows. Written apart from what finds them.
 */

import type { RequestToInspect } from '@isoauth/cli/inspect'
import {
  bytesToBase64,
  bytesToHex,
  DH_GROUPS,
  generateDhKeyPair,
  hmacSha256,
  randomBytes,
  signRsaSha256,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import { percentEncode } from '@isoauth/ibkr-oauth1/signing'
import type { HandshakeSession } from '../handshake/handshake.ts'

export interface Example {
  /** The finding it leads to; empty for requests without a mistake. */
  readonly id: string
  readonly title: string
  make(session: HandshakeSession, nowMs: number): Promise<RequestToInspect>
}

type Pairs = readonly (readonly [name: string, value: string])[]

interface Changes {
  /** Sent. */
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly body?: string
  readonly consumerKey?: (stored: string) => string
  readonly timestamp?: (nowMs: number) => string
  /** Signed beside what is sent. */
  readonly alsoSigned?: Pairs
  readonly signedQuery?: string
  /** Parameters of this call, as they stand in the header. */
  readonly parameters?: Pairs
  readonly encode?: (value: string) => string
  readonly prefix?: (hex: string) => string
  readonly key?: (session: HandshakeSession) => string
  readonly hmacKey?: (token: Uint8Array) => Uint8Array
  readonly signature?: (base64: string) => string
}

const LST = '/oauth/live_session_token'
const as = (text: string) => text
const inSeconds = (ms: number) => String(Math.floor(ms / 1000))

export const EXAMPLES: readonly Example[] = [
  hmac('', 'Protected resource, right', {}),
  rsa('', 'Live session token request, right', {}),
  rsa('prefix-missing', 'Prefix forgotten', { prefix: () => '' }),
  rsa('prefix-upper-case', 'Prefix in capitals', { prefix: (hex) => hex.toUpperCase() }),
  rsa('prefix-ampersand', 'Prefix joined with &', { prefix: (hex) => `${hex}&` }),
  rsa('keys-swapped', 'Signed with the encryption key', {
    key: ({ keys }) => keys.encryption.privateKeyPem,
  }),
  rsa('signature-raw', 'Signature raw in the header', { signature: as }),
  rsa('signature-escaped-twice', 'Signature escaped twice', {
    signature: (base64) => percentEncode(percentEncode(base64)),
  }),
  rsa('signature-line-breaks', 'Base64 with line breaks', {
    signature: (base64) => percentEncode(base64.replace(/.{76}/g, '$&\r\n')),
  }),
  rsa('realm-in-base-string', 'Realm inside of the base string', {
    alsoSigned: [['realm', 'limited_poa']],
  }),
  rsa('consumer-key-case', 'Consumer key in small letters', {
    consumerKey: (stored) => stored.toLowerCase(),
  }),
  rsa('timestamp-milliseconds', 'Time in milliseconds', { timestamp: String }),
  rsa('clock-off', 'Clock an hour behind', {
    timestamp: (nowMs) => inSeconds(nowMs - 3_600_000),
  }),
  rsa('values-escaped-again', 'Callback escaped before the join and with the whole', {
    path: '/oauth/request_token',
    parameters: [['oauth_callback', percentEncode('https://app.example/back?from=ibkr')]],
    prefix: () => '',
    encode: percentEncode,
  }),
  hmac('key-as-text', 'Text of the live session token as key', {
    hmacKey: (token) => utf8ToBytes(bytesToBase64(token)),
  }),
  hmac('json-body-in-base-string', 'JSON body inside of the base string', {
    method: 'POST',
    path: '/iserver/auth/ssodh/init',
    body: '{"publish":true,"compete":false}',
    alsoSigned: [
      ['publish', 'true'],
      ['compete', 'false'],
    ],
  }),
  hmac('query-in-address', 'Query in the address of the base string', {
    path: '/iserver/marketdata/history',
    query: '?conid=265598&period=1d',
    signedQuery: '?conid=265598&period=1d',
  }),
]

function rsa(id: string, title: string, changes: Changes): Example {
  return {
    id,
    title,
    async make(session, nowMs) {
      const { method = 'POST', path = LST, encode = as, prefix = as } = changes
      const { keys, registration, secret } = session
      const url = registration.baseUrl + path
      const own = changes.parameters ?? [
        ['diffie_hellman_challenge', generateDhKeyPair(DH_GROUPS.modp2048).publicKey.toString(16)],
        ['oauth_token', registration.accessToken],
      ]
      const pairs = [...own, ...common(session, 'RSA-SHA256', nowMs, changes)]
      const base = prefix(bytesToHex(secret)) + baseString(method, url, pairs, changes, encode)
      const pem = (changes.key ?? (() => keys.signature.privateKeyPem))(session)
      const signature = bytesToBase64(await signRsaSha256(pem, base))
      return written(session, { method, url, pairs, signature, nowMs }, changes)
    },
  }
}

function hmac(id: string, title: string, changes: Changes): Example {
  return {
    id,
    title,
    async make(session, nowMs) {
      const { method = 'GET', path = '/portfolio/accounts', query = '' } = changes
      const { registration, liveSessionToken } = session
      const url = registration.baseUrl + path
      const pairs = [
        ...common(session, 'HMAC-SHA256', nowMs, changes),
        ['oauth_token', registration.accessToken] as const,
      ]
      const key = (changes.hmacKey ?? ((token) => token))(liveSessionToken)
      const base = baseString(method, url, pairs, changes, as)
      const signature = bytesToBase64(hmacSha256(key, base))
      return written(session, { method, url: url + query, pairs, signature, nowMs }, changes)
    },
  }
}

function common(
  { registration }: HandshakeSession,
  signatureMethod: string,
  nowMs: number,
  { consumerKey = as, timestamp = inSeconds }: Changes,
): Pairs {
  return [
    ['oauth_consumer_key', consumerKey(registration.consumerKey)],
    ['oauth_nonce', bytesToHex(randomBytes(16))],
    ['oauth_signature_method', signatureMethod],
    ['oauth_timestamp', timestamp(nowMs)],
  ]
}

function baseString(
  method: string,
  url: string,
  pairs: Pairs,
  { alsoSigned = [], signedQuery = '' }: Changes,
  encode: (value: string) => string,
): string {
  const lines = [...pairs, ...alsoSigned].map(([name, value]) => `${name}=${encode(value)}`)
  // Names differ, so the order of the lines is that of the names.
  return `${method}&${percentEncode(url + signedQuery)}&${percentEncode(lines.sort().join('&'))}`
}

function written(
  { registration }: HandshakeSession,
  sent: {
    readonly method: string
    readonly url: string
    readonly pairs: Pairs
    readonly signature: string
    readonly nowMs: number
  },
  { body, signature: write = percentEncode }: Changes,
): RequestToInspect {
  const pairs = [...sent.pairs, ['oauth_signature', write(sent.signature)] as const]
    .map(([name, value]) => `${name}="${value}"`)
    .sort()
  return {
    method: sent.method,
    url: sent.url,
    authorization: `OAuth realm="${registration.realm}", ${pairs.join(', ')}`,
    sentAtMs: sent.nowMs,
    ...(body !== undefined && { body }),
  }
}
