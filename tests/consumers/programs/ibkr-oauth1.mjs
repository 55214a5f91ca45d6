/** Base strings and live session tokens of the known answers, then the whole sign-in and a signed call over HTTP. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import {
  computeLiveSessionToken,
  signatureBaseString,
  verifyLiveSessionToken,
} from '@isoauth/ibkr-oauth1/signing'
import { facts, proven, same } from './facts.mjs'

const { vectors } = facts.vectors
for (const { id, input, expected } of vectors.filter(({ kind }) => kind === 'rsa-request')) {
  const { method, url, prepend: prefix } = input
  const parameters = input.oauthParams.map((pair) => pair.map(decodeURIComponent))
  same(signatureBaseString({ method, url, parameters, prefix }), expected.baseString, id)
}
for (const { id, input, expected } of vectors.filter(({ kind }) => kind === 'lst')) {
  const token = computeLiveSessionToken({
    sharedSecret: BigInt(`0x${expected.sharedSecretHex}`),
    accessTokenSecret: Uint8Array.from(expected.prepend.match(/../g), (byte) => `0x${byte}`),
  })
  const { consumerKey, response } = input
  const signature = response.live_session_token_signature
  same(verifyLiveSessionToken({ token, signature, consumerKey }), true, id)
}

const { dhPrime: _, ...credentials } = facts.sandbox.ibkr.oauth1
const client = createIbkrOAuth1(credentials)
const answer = await client.fetch('/portfolio/accounts')
same(answer.status, 200, 'GET /portfolio/accounts')
const [account] = await answer.json()
same(typeof account.accountId, 'string', 'the first account')
const { token: live } = await client.liveSessionToken({})
same(live.length, 20, "the live session token's length")
proven('known answers, live session token, signed call')
