/** The known answers of the pure entry `@isoauth/ibkr-oauth1/signing`. */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  createHmacSha256,
  hexToBytes,
  hmacSha1,
  importRsaSigningKey,
  signRsaSha256,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import {
  authorizationHeaderValue,
  computeLiveSessionToken,
  createRequestSigner,
  type Parameter,
  percentEncode,
  signatureBaseString,
  verifyLiveSessionToken,
} from '@isoauth/ibkr-oauth1/signing'
import { equal, type VectorCheck } from './check.ts'
import { rsaKey, vectorChecks } from './vectors.ts'

export const signingVectors: readonly VectorCheck[] = vectorChecks('ibkr-oauth1/signing', {
  'percent-encode': ({ input, expected }) => equal(percentEncode(input.text), expected.rfc3986),

  rfc5849: ({ input, expected }) => {
    const { method, url, oauthParams, formBody } = input
    const query = new URL(url).search.slice(1)
    const parameters = [...oauthParams, ...formPairs(query), ...formPairs(formBody)]
    const baseString = signatureBaseString({ method, url, parameters })
    equal(baseString, expected.baseString)
    const key = `${percentEncode(input.clientSecret)}&${percentEncode(input.tokenSecret)}`
    const signature = hmacSha1(utf8ToBytes(key), utf8ToBytes(baseString))
    equal(bytesToBase64(signature), expected.hmacSha1Base64)
  },

  'base-uri': ({ input, expected }) => {
    const baseString = signatureBaseString({ method: 'GET', url: input.url, parameters: [] })
    equal(baseString, `GET&${percentEncode(expected.baseUri)}&`)
  },

  'rsa-request': async ({ input, expected }) => {
    const parameters = decoded(input.oauthParams)
    const { method, url, prepend, realm } = input
    const baseString = signatureBaseString({ method, url, parameters, prefix: prepend })
    equal(baseString, expected.baseString)
    for (const pem of [rsaKey(input.key).pkcs1Pem, rsaKey(input.key).pkcs8Pem]) {
      const signature = await signRsaSha256(await importRsaSigningKey(pem), baseString)
      equal(bytesToBase64(signature), expected.signatureBase64)
    }
    const signed: Parameter[] = [...parameters, ['oauth_signature', expected.signatureBase64]]
    equal(authorizationHeaderValue(signed, { realm }), expected.authorizationRealmFirst)
  },

  lst: ({ input, expected }) => {
    const token = computeLiveSessionToken({
      sharedSecret: BigInt(`0x${expected.sharedSecretHex}`),
      accessTokenSecret: hexToBytes(expected.prepend),
    })
    equal(bytesToHex(token), expected.lstHex)
    const signature = input.response.live_session_token_signature
    equal(verifyLiveSessionToken({ token, signature, consumerKey: input.consumerKey }), true)
  },

  'lst-verify': ({ input, expected }) => {
    const { liveSessionToken, signatureHex: signature, consumerKey } = input
    const token = base64ToBytes(liveSessionToken)
    equal(verifyLiveSessionToken({ token, signature, consumerKey }), expected.verified)
  },

  'hmac-request': ({ input, expected }) => {
    const { method, url, realm, oauthParams, formBody } = input
    const parameters = decoded(oauthParams)
    const liveSessionToken = base64ToBytes(input.liveSessionToken)
    for (const querySigning of ['omit', 'wire'] as const) {
      const answer = expected[querySigning]
      const options = { method, url, parameters, formBody, querySigning }
      equal(signatureBaseString(options), answer.baseString)
      const signature = createHmacSha256(liveSessionToken)(answer.baseString)
      equal(bytesToBase64(signature), answer.signatureBase64)
      const consumerKey = valueNamed(parameters, 'oauth_consumer_key')
      const accessToken = valueNamed(parameters, 'oauth_token')
      const own = { consumerKey, accessToken, liveSessionToken, realm, querySigning }
      const nonce = valueNamed(parameters, 'oauth_nonce')
      const timestamp = valueNamed(parameters, 'oauth_timestamp')
      const header = createRequestSigner(own).sign({ method, url, nonce, timestamp, formBody })
      equal(header, answer.authorizationRealmFirst)
    }
  },
})

function decoded(pairs: ReadonlyArray<Parameter>): Parameter[] {
  return pairs.map(([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)])
}

function formPairs(text = ''): Parameter[] {
  return [...new URLSearchParams(text)]
}

function valueNamed(pairs: ReadonlyArray<Parameter>, name: string): string {
  return pairs.find(([found]) => found === name)?.[1] ?? ''
}
