/** The `Authorization` header of a protected request: base string, HMAC-SHA256, header, fresh nonce and time each call. */
import { createHmac } from 'node:crypto'
import { createHmacSha256 } from '@isoauth/core-crypto'
import { createRequestSigner, signatureBaseString } from '@isoauth/ibkr-oauth1/signing'
import OAuth from 'oauth-1.0a'
import { expectEqual } from '../expect.ts'
import type { Cost } from '../paired-rounds.ts'

const url = 'https://api.ibkr.com/v1/api/iserver/marketdata/history?conid=265598&period=1w&bar=1h'
const method = 'GET'
const consumerKey = 'TESTCONSU'
const accessToken = 'a1b2c3d4e5f6a7b8c9d0'
const token = new Uint8Array(20).map((_, i) => (i * 37 + 11) & 255)

export function signedRequestCosts(): Cost[] {
  const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken: token })
  const wire = createRequestSigner({
    consumerKey,
    accessToken,
    liveSessionToken: token,
    querySigning: 'wire',
  })
  const peer = new OAuth({
    consumer: { key: consumerKey, secret: '' },
    realm: 'limited_poa',
    signature_method: 'HMAC-SHA256',
    hash_function: (base) => createHmac('sha256', token).update(base).digest('base64'),
  })
  const byPeer = () =>
    peer.toHeader(peer.authorize({ url, method }, { key: accessToken, secret: '' })).Authorization
  checkAgainstPeer(wire, peer)

  const baseString = baseStringOf('0123456789abcdef0123456789abcdef', '1800000000')
  const mac = createHmacSha256(token)
  return [
    {
      id: 'signed-request',
      title: 'signed request with header, query signed as oauth-1.0a does',
      contenders: [
        { name: 'ours', run: () => wire.sign({ method, url }) },
        { name: 'ours, query left out', run: () => signer.sign({ method, url }) },
        { name: 'oauth-1.0a + native HMAC', run: byPeer },
        { name: 'bare HMAC-SHA256, ours', run: () => mac(baseString) },
        {
          name: 'bare HMAC-SHA256, native',
          run: () => createHmac('sha256', token).update(baseString).digest('base64'),
        },
      ],
    },
  ]
}

function baseStringOf(nonce: string, timestamp: string): string {
  return signatureBaseString({
    method,
    url,
    querySigning: 'wire',
    parameters: [
      ['oauth_consumer_key', consumerKey],
      ['oauth_nonce', nonce],
      ['oauth_signature_method', 'HMAC-SHA256'],
      ['oauth_timestamp', timestamp],
      ['oauth_token', accessToken],
    ],
  })
}

/** Both sign the same base string, but for `oauth_version`, which the broker does not take. */
function checkAgainstPeer(signer: ReturnType<typeof createRequestSigner>, peer: OAuth): void {
  const nonce = '0123456789abcdef0123456789abcdef'
  const timestamp = '1800000000'
  const header = signer.sign({ method, url, nonce, timestamp })
  const data = {
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: 1_800_000_000,
    oauth_token: accessToken,
  }
  const signature = peer.getSignature({ url, method }, '', data as unknown as OAuth.Data)
  const ours = /oauth_signature="([^"]+)"/.exec(header)?.[1] ?? ''
  expectEqual('signature of a request', decodeURIComponent(ours), signature)
}
