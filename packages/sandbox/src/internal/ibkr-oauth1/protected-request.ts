/** Authentication of everything outside `/oauth`: HMAC-SHA256 keyed with the live session token. */

import { type Call, check, checkNotExpired } from '../call.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import { mediaTypeOf } from '../request-body.ts'
import type { AccessToken } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { checkNonce, checkTimestamp, rememberNonce } from './freshness.ts'
import { checkHmacSignature } from './hmac-signature.ts'
import { checkAccessToken, checkConsumer, checkSignatureMethod } from './identity.ts'
import { readSignedParameters } from './signed-request.ts'

/** Each way to sign a form is tried, so that its length counts many times over. */
const FORM_LIMIT = 16_384

export async function authenticateProtectedRequest(
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
): Promise<AccessToken> {
  const refuse = () => tracedError(call, 401, 'not authenticated')
  const { values, pairs } = await readSignedParameters(
    call,
    {
      required: [
        'oauth_consumer_key',
        'oauth_nonce',
        'oauth_signature_method',
        'oauth_timestamp',
        'oauth_token',
      ],
      optional: ['oauth_version'],
      unauthenticated: refuse,
      malformed: refuse,
    },
    legacy,
  )
  const consumer = checkConsumer(call, { registry: context.registry, values, refuse })
  const name = values.get('oauth_token') ?? ''
  const token = checkAccessToken(call, {
    registry: context.registry,
    consumer,
    token: name,
    refuse,
  })
  checkSignatureMethod(call, { values, expected: 'HMAC-SHA256', refuse })
  checkTimestamp(call, values.get('oauth_timestamp') ?? '', refuse)
  const nonce = values.get('oauth_nonce') ?? ''
  checkNonce(call, { consumer, nonce, refuse })
  const all = [...token.liveSessionTokens].reverse()
  check(call, all.length > 0, {
    name: 'live-session-token',
    detail: 'one has to be requested first',
    refuse,
  })
  const live = await checkHmacSignature(call, {
    signature: values.get('oauth_signature') ?? '',
    input: {
      method: call.record.method,
      path: call.path,
      query: call.query,
      form: await formBody(call),
      pairs,
    },
    origins: context.signedOrigins,
    tokens: context.keepReplacedTokens ? all : all.slice(0, 1),
    replaced: context.keepReplacedTokens ? [] : all.slice(1),
    refuse,
  })
  checkNotExpired(call, live, { name: 'live-session-token', refuse })
  rememberNonce(call, consumer, nonce)
  context.counts.authorized++
  return token
}

async function formBody(call: Call): Promise<string | undefined> {
  if (mediaTypeOf(call) !== 'application/x-www-form-urlencoded') return undefined
  const form = await call.body()
  check(call, form.length <= FORM_LIMIT, {
    name: 'body',
    detail: `a form that is signed has at most ${FORM_LIMIT} characters`,
    refuse: () => 413,
  })
  return form
}
