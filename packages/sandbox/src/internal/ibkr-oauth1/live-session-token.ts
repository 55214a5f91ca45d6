/**
 * `POST /oauth/live_session_token`: the Diffie-Hellman exchange that ends in a day's session token.
 *
 * `K = A^b mod p`; the token is HMAC-SHA1 with the signed big-endian bytes of K as key over the
 * access token secret; its check value is HMAC-SHA1 with the token as key over the consumer key.
 */

import { type Call, check, jsonResponse } from '../call.ts'
import { modPow, randomBigInt, toSignedBytes } from '../crypto/arithmetic.ts'
import { type Bytes, toHex, utf8 } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import { liveSessionTokenOf } from '../state/plain.ts'
import type { AccessToken, Consumer } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { checkAccessToken } from './identity.ts'
import { authenticateRsaRequest } from './rsa-request.ts'

export async function liveSessionToken(
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
): Promise<Response> {
  let token: AccessToken | undefined
  const { consumer, values } = await authenticateRsaRequest(call, context, {
    legacy,
    required: ['oauth_token', 'diffie_hellman_challenge'],
    // The vendor's C# sample sends a callback here, and is answered.
    optional: ['oauth_callback'],
    prefix: (asking, parameters) => {
      const name = parameters.get('oauth_token') ?? ''
      token = checkAccessToken(call, {
        registry: context.registry,
        consumer: asking,
        token: name,
        refuse: () =>
          tracedError(call, 401, `LST failed, error: No access secret key found for ${name}`),
      })
      return toHex(token.secret)
    },
  })
  const challenge = readChallenge(call, consumer, values.get('diffie_hellman_challenge') ?? '')
  return issue(call, context, { consumer, token: token as AccessToken, challenge, legacy })
}

function readChallenge(call: Call, consumer: Consumer, text: string): bigint {
  const refuse = () => tracedError(call, 401, 'LST failed, error: ')
  const { prime } = consumer.dhParameters
  const digits = prime.toString(16).length + 2
  // In either case: no source says that the broker tells them apart. A zero in front is what .NET writes where the first bit is set, and the vendor's own sample sends it.
  check(call, /^[0-9a-f]+$/i.test(text) && text.length <= digits, {
    name: 'challenge',
    detail: 'hexadecimal digits, no more than the prime has',
    refuse,
  })
  const challenge = BigInt(`0x${text}`)
  check(call, challenge >= 2n && challenge <= prime - 2n, {
    name: 'challenge',
    detail: 'it has to lie within 2 ... p-2 of the registered prime',
    refuse,
  })
  return challenge
}

async function issue(
  call: Call,
  context: IbkrOAuth1Context,
  {
    consumer,
    token,
    challenge,
    legacy,
  }: {
    readonly consumer: Consumer
    readonly token: AccessToken
    readonly challenge: bigint
    readonly legacy: boolean
  },
): Promise<Response> {
  const { prime, generator } = consumer.dhParameters
  const exponent = context.nextServerExponents.shift() ?? randomBigInt(256) + 2n
  const secret = toSignedBytes(modPow(challenge, exponent, prime))
  const key = await hmac('SHA-1', secret, token.secret)
  const signature = await hmac('SHA-1', key, utf8(consumer.consumerKey))
  const expiresAtMs = call.now + context.liveSessionTokenLifetimeMs
  token.liveSessionTokens.push(await liveSessionTokenOf(key, expiresAtMs))
  if (token.liveSessionTokens.length > 8) token.liveSessionTokens.shift()
  context.counts.handshakes++
  const response = modPow(generator, exponent, prime)
  return jsonResponse({
    diffie_hellman_response: faultyResponse(call) ?? response.toString(16),
    live_session_token_signature: toHex(faultySignature(call, signature)),
    // The older API answers without an expiry.
    ...(legacy ? {} : { live_session_token_expiration: expiresAtMs }),
  })
}

function faultyResponse(call: Call): string | undefined {
  if (call.tokenFault?.kind !== 'dh-response-one') return undefined
  return typeof call.tokenFault.value === 'string' ? call.tokenFault.value : '1'
}

function faultySignature(call: Call, signature: Bytes): Bytes {
  if (call.tokenFault?.kind !== 'wrong-lst-signature') return signature
  const changed = signature.slice()
  changed[0] = (changed[0] ?? 0) ^ 1
  return changed
}
