/** A signature of the known answers, then the whole sign-in and a signed call over HTTP. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { signatureBaseString, verifyLiveSessionToken } from '@isoauth/ibkr-oauth1/signing'
import { facts, proven, same } from './facts.mjs'

for (const { id, kind, input, expected } of facts.vectors.vectors) {
  if (kind === 'rsa-request') {
    const { method, url, prepend: prefix, oauthParams: parameters } = input
    if (/[?]/.test(url)) continue
    same(signatureBaseString({ method, url, parameters, prefix }), expected.baseString, id)
  }
}
const token = new Uint8Array(20)
same(verifyLiveSessionToken({ token, signature: '00', consumerKey: 'TEST' }), false, 'a forgery')

const { dhPrime: _, ...credentials } = facts.sandbox.ibkr.oauth1
const client = createIbkrOAuth1(credentials)
const answer = await client.fetch('/portfolio/accounts')
same(answer.status, 200, 'GET /portfolio/accounts')
const [account] = await answer.json()
same(typeof account.accountId, 'string', 'the first account')
const { token: live } = await client.liveSessionToken({})
same(live.length, 20, "the live session token's length")
proven('base strings, live session token, signed call')
