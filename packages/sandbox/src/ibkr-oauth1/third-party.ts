/** `POST /oauth/request_token` and `POST /oauth/access_token`: third-party consumers only. */

import { tracedError } from '../ibkr-api/answers.ts'
import { FIRST_USER } from '../ibkr-api/context.ts'
import { type Call, check, jsonResponse } from '../internal/call.ts'
import { randomBytes, toBase64 } from '../internal/crypto/bytes.ts'
import { encryptPkcs1v15 } from '../internal/crypto/rsa.ts'
import type { Consumer, RequestToken } from './consumer.ts'
import { type IbkrOAuth1Context, REQUEST_TOKEN_LIFETIME_MS } from './context.ts'
import { freshToken } from './credentials.ts'
import { authenticateRsaRequest } from './rsa-request.ts'

export async function requestToken(
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
): Promise<Response> {
  const { consumer, values } = await authenticateRsaRequest(call, context, {
    legacy,
    required: ['oauth_callback'],
    optional: [],
    prefix: (asking) => thirdPartyOnly(call, asking),
  })
  const callback = values.get('oauth_callback') ?? ''
  const allowed = callback === 'oob' || (!legacy && callback === consumer.callback)
  check(
    call,
    'callback',
    allowed,
    'oob, or the registered URL (on the old base oob only), is required',
    () => tracedError(call, 401, 'invalid callback'),
  )
  const token = freshToken()
  forgetOld(context, call.now)
  context.registry.requestTokens.set(token, {
    token,
    consumerKey: consumer.consumerKey,
    callback: consumer.callback,
    expiresAtMs: call.now + REQUEST_TOKEN_LIFETIME_MS,
    verifier: undefined,
    spent: false,
  })
  context.counts.requestTokens++
  return jsonResponse({ oauth_token: token })
}

export async function accessToken(
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
): Promise<Response> {
  const { consumer, values } = await authenticateRsaRequest(call, context, {
    legacy,
    required: ['oauth_token', 'oauth_verifier'],
    optional: ['oauth_callback'],
    prefix: (asking) => thirdPartyOnly(call, asking),
  })
  const granted = checkGrant(call, context, consumer, values)
  granted.spent = true
  const secret = randomBytes(20)
  const token = freshToken()
  context.registry.accessTokens.set(token, {
    token,
    consumerKey: consumer.consumerKey,
    ...FIRST_USER,
    secret,
    liveSessionTokens: [],
  })
  context.counts.accessTokens++
  return jsonResponse({
    ...(legacy ? {} : { is_paper: true }),
    oauth_token: token,
    oauth_token_secret: toBase64(encryptPkcs1v15(consumer.encryptionKey, secret)),
  })
}

function checkGrant(
  call: Call,
  context: IbkrOAuth1Context,
  consumer: Consumer,
  values: ReadonlyMap<string, string>,
): RequestToken {
  const refuse = () => tracedError(call, 401, 'invalid token or verifier')
  const token = context.registry.requestTokens.get(values.get('oauth_token') ?? '')
  const known = token?.consumerKey === consumer.consumerKey
  check(
    call,
    'token',
    token !== undefined && known,
    'a request token of this consumer is required',
    refuse,
  )
  check(call, 'token', call.now < token.expiresAtMs, 'it must not have expired', refuse)
  check(
    call,
    'token',
    token.verifier !== undefined,
    'it has to be approved on the consent page',
    refuse,
  )
  check(call, 'token', !token.spent, 'it may be exchanged once', refuse)
  check(
    call,
    'verifier',
    token.verifier === values.get('oauth_verifier'),
    'it has to be the one of the consent page',
    refuse,
  )
  return token
}

function thirdPartyOnly(call: Call, consumer: Consumer): string {
  check(
    call,
    'consumer',
    consumer.kind === 'third-party',
    'only a third-party consumer may ask for this',
    () => tracedError(call, 401, 'invalid consumer'),
  )
  return ''
}

function forgetOld({ registry }: IbkrOAuth1Context, now: number): void {
  for (const [name, { expiresAtMs }] of registry.requestTokens) {
    if (expiresAtMs + REQUEST_TOKEN_LIFETIME_MS < now) registry.requestTokens.delete(name)
  }
}
