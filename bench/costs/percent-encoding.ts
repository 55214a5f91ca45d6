/** Percent-encoding after RFC 5849 section 3.6 over a mixed corpus. */
import { percentEncode } from '@isoauth/ibkr-oauth1/signing'
import { expectEqual } from '../expect.ts'
import type { Cost } from '../paired-rounds.ts'

/** What a session encodes: nonces, addresses, parameters, signatures, and now and then a word that is not English. */
const CORPUS = [
  'c1f0a9b8e7d64f5a8b9c0d1e2f3a4b5c',
  'https://api.ibkr.com/v1/api/iserver/marketdata/history',
  'oauth_consumer_key=TESTCONSU&oauth_nonce=c1f0a9b8e7d64f5a8b9c0d1e2f3a4b5c&oauth_signature_method=HMAC-SHA256&oauth_timestamp=1800000000&oauth_token=a1b2c3d4e5f6a7b8c9d0&period=1w&bar=1h&conid=265598',
  'Zm9vYmFyYmF6cXV4+/Zm9vYmFyYmF6cXV4+/Zm9vYmE=',
  'Zürich (Börse)! 5*4 "quoted" + 東京',
]

function fiveReplacements(text: string): string {
  return encodeURIComponent(text)
    .replace(/!/g, '%21')
    .replace(/\*/g, '%2A')
    .replace(/'/g, '%27')
    .replace(/\(/g, '%28')
    .replace(/\)/g, '%29')
}

export function percentEncodingCosts(): Cost[] {
  for (const text of CORPUS)
    expectEqual('encoded text', percentEncode(text), fiveReplacements(text))
  const all = (encode: (text: string) => string) => () => {
    let length = 0
    for (const text of CORPUS) length += encode(text).length
    return length
  }
  return [
    {
      id: 'percent-encoding',
      title: 'percent-encoding of five texts',
      contenders: [
        { name: 'ours', run: all(percentEncode) },
        { name: 'encodeURIComponent + five replace', run: all(fiveReplacements) },
        { name: 'encodeURIComponent alone (wrong)', run: all(encodeURIComponent) },
      ],
    },
  ]
}
