/** Base strings as usual mistakes make them, written by hand, and what the inspector says of each. */
import { inspect } from '@isoauth/cli/inspect'
import { describe, expect, it } from 'vitest'

const URL_SENT = 'https://api.ibkr.com/v1/api/iserver/x?b=2%20y&a=1'
const BODY = '{"n":1,"s":"t u"}'
/** In the order of the header, which is not that of the base string. */
const HEADER: readonly (readonly [string, string])[] = [
  ['oauth_token', 'tok%3D'],
  ['oauth_consumer_key', 'CONSUMERX'],
  ['oauth_nonce', 'ab'],
  ['oauth_timestamp', '1700000000'],
  ['oauth_signature_method', 'HMAC-SHA256'],
]
const SIGNED =
  'oauth_consumer_key=CONSUMERX&oauth_nonce=ab&oauth_signature_method=HMAC-SHA256&oauth_timestamp=1700000000&oauth_token=tok%3D'
const ADDRESS = 'https://api.ibkr.com/v1/api/iserver/x'
const encode = encodeURIComponent

function headerOf(pairs: typeof HEADER, signature: string): string {
  return `OAuth realm="limited_poa", ${[...pairs, ['oauth_signature', signature]]
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}

interface Signed {
  readonly method?: string
  readonly address?: string
  readonly parameters?: string
}

const signed = ({ method = 'POST', address = ADDRESS, parameters = SIGNED }: Signed = {}) =>
  `${method}&${encode(address)}&${encode(parameters)}`

const told = async (clientBaseString: string, body = BODY) => {
  const authorization = headerOf(HEADER, encode(btoa('s'.repeat(32))))
  const request = { method: 'POST', url: URL_SENT, authorization, body }
  const { findings, verdict } = await inspect(request, { clientBaseString })
  return { found: findings.map(({ id, title }) => [id, title]), verdict }
}

it('of the right one it says so', async () => {
  const { found, verdict } = await told(signed())
  expect({ ids: found.map(([id]) => id), verdict }).toEqual({
    ids: ['base-string-equal'],
    verdict: 'undecided',
  })
})

describe('a request of the API', () => {
  it.each<[string, string, string]>([
    [
      'realm-in-base-string',
      'The realm is inside of the base string',
      signed({ parameters: `${SIGNED}&realm=limited_poa` }),
    ],
    [
      'values-escaped-again',
      'Each value was escaped once more before the join',
      signed({ parameters: SIGNED.replace('%3D', '%253D') }),
    ],
    [
      'values-not-escaped',
      'The values were joined without their escapes',
      signed({ parameters: SIGNED.replace('%3D', '=') }),
    ],
    [
      'parameters-unsorted',
      'The parameters are not sorted by name',
      signed({ parameters: HEADER.map((pair) => pair.join('=')).join('&') }),
    ],
    [
      'parameters-not-encoded',
      'The joined parameters were not percent-encoded',
      `POST&${encode(ADDRESS)}&${SIGNED}`,
    ],
    [
      'json-body-in-base-string',
      'The JSON body is inside of the base string',
      signed({ parameters: `n=1&${SIGNED}&s=t%20u` }),
    ],
    [
      'json-body-in-base-string',
      'The JSON body is inside of the base string',
      `${signed()}&${encode(BODY)}`,
    ],
    [
      'json-body-in-base-string',
      'The JSON body is inside of the base string',
      `${signed()}${encode(BODY)}`,
    ],
    [
      'query-in-address',
      'The query stands in the address of the base string',
      signed({ address: `${ADDRESS}?b=2%20y&a=1` }),
    ],
    [
      'query-encoded-again',
      'The query was signed as RFC 5849 says, which the broker does not do',
      signed({ parameters: `a=1&b=2%20y&${SIGNED}` }),
    ],
    ...[
      ADDRESS.replace('https', 'http'),
      ADDRESS.replace('.com', '.com:443'),
      `${ADDRESS}/`,
      ADDRESS.replace('api.ibkr.com', 'localhost'),
      '/v1/api/iserver/x',
    ].map((address): [string, string, string] => [
      'address-differs',
      'Another address was signed than the request was sent to',
      signed({ address }),
    ]),
    ['method-lower-case', 'The method was signed in small letters', signed({ method: 'post' })],
    ...['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'].map((method): [string, string, string] => [
      'method-differs',
      `${method} was signed, POST was sent`,
      signed({ method }),
    ]),
  ])('%s: %s (%#)', async (id, title, baseString) => {
    expect(await told(baseString)).toEqual({ found: [[id, title]], verdict: 'refused' })
  })

  it.each(['', 'no JSON', '"text"', 'null', '5'])('a body %j has no members', async (body) => {
    const { found } = await told(signed({ parameters: `n=1&${SIGNED}` }), body)
    expect(found.map(([id]) => id)).toEqual(['base-string-differs'])
  })
})

describe('a request for the live session token', () => {
  const PREFIX = `00${'0b'.repeat(15)}`
  const address = 'https://api.ibkr.com/v1/api/oauth/live_session_token'
  const parameters = `diffie_hellman_challenge=1f&${SIGNED.replace('HMAC', 'RSA')}`
  const bare = signed({ address, parameters })

  it.each([
    ['base-string-equal', PREFIX + bare],
    ['prefix-missing', bare],
    ['prefix-upper-case', PREFIX.toUpperCase() + bare],
    ['prefix-ampersand', `${PREFIX}&${bare}`],
    ['prefix-zeros-lost', PREFIX.slice(2) + bare],
    ['prefix-zeros-lost', PREFIX.slice(3) + bare],
  ])('%s', async (id, clientBaseString) => {
    const pairs = HEADER.map(([name, value]) => [name, value.replace('HMAC', 'RSA')] as const)
    const authorization = headerOf(
      [...pairs, ['diffie_hellman_challenge', '1f']],
      encode(btoa('s'.repeat(256))),
    )
    const request = { method: 'POST', url: address, authorization }
    const { findings } = await inspect(request, { clientBaseString, prefix: PREFIX })
    expect(findings.map((found) => found.id)).toEqual([id])
  })
})
