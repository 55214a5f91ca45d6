/**
 * The signer of protected requests prepares its pieces and remembers endpoints; every header must be what the
 * plain functions give: base string, HMAC, header, one after the other.
 */
import { bytesToBase64, hmacSha256 } from '@isoauth/core-crypto'
import { describe, expect, it } from 'vitest'
import { percentEncodeBase64 } from '../src/internal/percent-encode.ts'
import {
  authorizationHeaderValue,
  createRequestSigner,
  percentEncode,
  signatureBaseString,
} from '../src/signing.ts'

const consumerKey = 'TEST+CONS'
const accessToken = 'a1b2/c3=='
const liveSessionToken = Uint8Array.from({ length: 20 }, (_, at) => (at * 37 + 11) & 255)
const timestamp = '1800000000'

type Request = Parameters<ReturnType<typeof createRequestSigner>['sign']>[0]

function plainHeader(request: Request, nonce: string, querySigning: 'omit' | 'wire'): string {
  const parameters: [string, string][] = [
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', timestamp],
    ['oauth_token', accessToken],
  ]
  const baseString = signatureBaseString({ ...request, parameters, querySigning })
  const signature = bytesToBase64(hmacSha256(liveSessionToken, baseString))
  const signed: [string, string][] = [...parameters, ['oauth_signature', signature]]
  return authorizationHeaderValue(signed, { realm: 'limited_poa' })
}

const base = 'https://api.ibkr.com/v1/api'
const ADDRESSES = [
  `${base}/portfolio/accounts`,
  `${base}/portfolio/accounts?`,
  `${base}/portfolio/accounts#part`,
  `${base}/portfolio/accounts?a=1#part?b=2`,
  `${base}/portfolio/accounts `,
  `${base}/portfolio/accounts ?a=1`,
  ` ${base}/portfolio/accounts`,
  `${base}/portfolio/accounts?a=1 `,
  `${base}/portfolio/accounts?a=1&b= 2`,
  `${base}/portfolio/accounts?a='1'&b="2"&c=<3>`,
  `${base}/portfolio/accounts?a=é&b=%C3%A9`,
  `${base}/portfolio/acc\tounts?a=1\n2`,
  `${base}/portfolio/a/../accounts`,
  `${base}/portfolio/a b/é?x=y`,
  `${base}\\portfolio\\accounts?c=\\d`,
  `${base}/iserver/marketdata/history?conid=265598&period=1w&bar=1h`,
  `${base}/x?z=1&a=2&a=1&oauth=0&p=3&nothing&=empty&o=4&oauti=5`,
  `${base}/x?oauth_extra=1&a=2&oauth_a=3&z=4`,
  `${base}/x?oauth_nonce=1`,
  `${base}/x?!=*&'=(&)=~`,
  'HTTPS://API.IBKR.COM:443/v1/api/x?a=b',
  'http://localhost:8080',
  'http://localhost:8080?a=b',
]
const FORMS = [undefined, '', 'a=1&b=2', 'q=a+b%20c&oauth_z=1&é=ü']

describe.each(['omit', 'wire'] as const)('what is signed with the query on %s', (querySigning) => {
  const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken, querySigning })

  // Twice, since the second time the endpoint is known.
  it.each(ADDRESSES)('%j is signed as the plain functions do', (url) => {
    for (const method of ['GET', 'post']) {
      for (const formBody of FORMS) {
        for (const nonce of ['0a', '0b']) {
          const request = { method, url, formBody }
          const header = signer.sign({ ...request, nonce, timestamp })
          expect(header).toBe(plainHeader(request, nonce, querySigning))
        }
      }
    }
  })

  it('more endpoints than are remembered are signed right, the first ones again too', () => {
    for (let i = 0; i < 1200; i++) {
      const request = { method: 'GET', url: `${base}/contract/${i % 700}?n=${i}` }
      const header = signer.sign({ ...request, nonce: 'ab', timestamp })
      if (i % 50 === 0) expect(header).toBe(plainHeader(request, 'ab', querySigning))
    }
  })

  it.each(['', 'no address', 'ftp://a/b', 'https://user@a/b', 'https://', '/path?a', '?', '#'])(
    'refuses %j each time',
    (url) => {
      for (let i = 0; i < 2; i++) {
        expect(() => signer.sign({ method: 'GET', url })).toThrow(
          expect.objectContaining({ code: 'IBKR_OAUTH1_OPTION_INVALID', option: 'url' }),
        )
      }
    },
  )
})

describe('a signature is written percent-encoded', () => {
  it('whatever its bytes are, as base64 percent-encoded', () => {
    for (let i = 0; i < 64; i++) {
      const token = liveSessionToken.map((byte) => (byte + i) & 255)
      const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken: token })
      const header = signer.sign({ method: 'GET', url: `${base}/x`, nonce: 'ab', timestamp })
      const written = /oauth_signature="([^"]*)"/.exec(header)?.[1] ?? ''
      expect(percentEncode(decodeURIComponent(written))).toBe(written)
      expect(decodeURIComponent(written)).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    }
  })

  it('nonces are 32 digits of hex and never come twice', () => {
    const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken })
    const nonces = Array.from({ length: 1000 }, () => {
      const header = signer.sign({ method: 'GET', url: `${base}/x` })
      return /oauth_nonce="([0-9a-f]{32})"/.exec(header)?.[1]
    })
    expect(new Set(nonces).size).toBe(1000)
    expect(nonces).not.toContain(undefined)
  })
})

it('base64 is percent-encoded in one pass as in two, whatever is left over at its end', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 89 + length) & 255)
    expect(percentEncodeBase64(bytes)).toBe(percentEncode(bytesToBase64(bytes)))
  }
})
