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
import { describe, expect, it } from 'vitest'
import { keys, type Vector, vectorsOf } from './vectors.ts'

const decoded = (pairs: ReadonlyArray<Parameter>): Parameter[] =>
  pairs.map(([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)])
const formPairs = (text = ''): Parameter[] => [...new URLSearchParams(text)]
const valueNamed = (pairs: ReadonlyArray<Parameter>, name: string) =>
  pairs.find(([found]) => found === name)?.[1] ?? ''

describe.each(vectorsOf('percent-encode'))('percent-encode $id', ({ input, expected }) => {
  it('encodes as RFC 3986 says', () => {
    expect(percentEncode(input.text)).toBe(expected.rfc3986)
  })
})

describe.each(vectorsOf('rfc5849'))('rfc5849 $id', ({ input, expected }) => {
  it('gives the published base string and signature', () => {
    const query = new URL(input.url).search.slice(1)
    const baseString = signatureBaseString({
      method: input.method,
      url: input.url,
      parameters: [...input.oauthParams, ...formPairs(query), ...formPairs(input.formBody)],
    })
    expect(baseString).toBe(expected.baseString)
    const key = `${percentEncode(input.clientSecret)}&${percentEncode(input.tokenSecret)}`
    const signature = hmacSha1(utf8ToBytes(key), utf8ToBytes(baseString))
    expect(bytesToBase64(signature)).toBe(expected.hmacSha1Base64)
  })
})

describe.each(vectorsOf('base-uri'))('base-uri $id', ({ input, expected }) => {
  it('normalises scheme, host and port only', () => {
    const baseString = signatureBaseString({ method: 'GET', url: input.url, parameters: [] })
    expect(baseString).toBe(`GET&${percentEncode(expected.baseUri)}&`)
  })
})

describe.each(vectorsOf('rsa-request'))('rsa-request $id', ({ input, expected }) => {
  const parameters = decoded(input.oauthParams)
  const { method, url, prepend, realm } = input
  it('gives the base string, the signature by both PEM forms, and the header', async () => {
    const baseString = signatureBaseString({ method, url, parameters, prefix: prepend })
    expect(baseString).toBe(expected.baseString)
    const { pkcs1Pem, pkcs8Pem } = keys[input.key as 'signature']
    for (const pem of [pkcs1Pem, pkcs8Pem]) {
      const signature = await signRsaSha256(await importRsaSigningKey(pem), baseString)
      expect(bytesToBase64(signature)).toBe(expected.signatureBase64)
    }
    const signed: Parameter[] = [...parameters, ['oauth_signature', expected.signatureBase64]]
    expect(authorizationHeaderValue(signed, { realm })).toBe(expected.authorizationRealmFirst)
  })
})

describe.each(vectorsOf('lst'))('lst $id', ({ input, expected }) => {
  it('derives and verifies the token', () => {
    const token = computeLiveSessionToken({
      sharedSecret: BigInt(`0x${expected.sharedSecretHex}`),
      accessTokenSecret: hexToBytes(expected.prepend),
    })
    expect(bytesToHex(token)).toBe(expected.lstHex)
    const signature = input.response.live_session_token_signature
    const { consumerKey } = input
    expect(verifyLiveSessionToken({ token, signature, consumerKey })).toBe(true)
  })
})

describe.each(vectorsOf('lst-verify'))('lst-verify $id', ({ input, expected }) => {
  it('verifies, or not', () => {
    const token = base64ToBytes(input.liveSessionToken)
    const { signatureHex: signature, consumerKey } = input
    expect(verifyLiveSessionToken({ token, signature, consumerKey })).toBe(expected.verified)
  })
})

describe.each(vectorsOf('hmac-request'))('hmac-request $id', ({ input, expected }: Vector) => {
  it.each(['omit', 'wire'] as const)('signs with the query by %s', (querySigning) => {
    const { method, url, realm, oauthParams, formBody } = input
    const answer = expected[querySigning]
    const parameters = decoded(oauthParams)
    const options = { method, url, parameters, formBody, querySigning }
    expect(signatureBaseString(options)).toBe(answer.baseString)
    const liveSessionToken = base64ToBytes(input.liveSessionToken)
    const signature = createHmacSha256(liveSessionToken)(answer.baseString)
    expect(bytesToBase64(signature)).toBe(answer.signatureBase64)
    const signer = createRequestSigner({
      consumerKey: valueNamed(parameters, 'oauth_consumer_key'),
      accessToken: valueNamed(parameters, 'oauth_token'),
      liveSessionToken,
      realm,
      querySigning,
    })
    const nonce = valueNamed(parameters, 'oauth_nonce')
    const timestamp = valueNamed(parameters, 'oauth_timestamp')
    const header = signer.sign({ method, url, nonce, timestamp, formBody })
    expect(header).toBe(answer.authorizationRealmFirst)
  })
})
