/** `POST /oauth/request_token` and `POST /oauth/access_token`: third-party consumers only. */

import { type Call, check, jsonResponse } from '../call.ts'
import { randomBytes, toBase64 } from '../crypto/bytes.ts'
import { encryptPkcs1v15 } from '../crypto/rsa.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import { FIRST_USER } from '../ibkr-api/sign-in.ts'
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
  check(call, allowed, {
    name: 'callback',
    detail: 'oob, or the registered URL (on the old base oob only), is required',
    refuse: () => tracedError(call, 401, 'invalid callback'),
  })
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
  const granted = checkGrant(call, context, { consumer, values })
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
  {
    consumer,
    values,
  }: {
    readonly consumer: Consumer
    readonly values: ReadonlyMap<string, string>
  },
): RequestToken {
  const refuse = () => tracedError(call, 401, 'invalid token or verifier')
  const token = context.registry.requestTokens.get(values.get('oauth_token') ?? '')
  const known = token?.consumerKey === consumer.consumerKey
  check(call, token !== undefined && known, {
    name: 'token',
    detail: 'a request token of this consumer is required',
    refuse,
  })
  check(call, call.now < token.expiresAtMs, {
    name: 'token',
    detail: 'it must not have expired',
    refuse,
  })
  check(call, token.verifier !== undefined, {
    name: 'token',
    detail: 'it has to be approved on the consent page',
    refuse,
  })
  check(call, !token.spent, { name: 'token', detail: 'it may be exchanged once', refuse })
  check(call, token.verifier === values.get('oauth_verifier'), {
    name: 'verifier',
    detail: 'it has to be the one of the consent page',
    refuse,
  })
  return token
}

function thirdPartyOnly(call: Call, consumer: Consumer): string {
  check(call, consumer.kind === 'third-party', {
    name: 'consumer',
    detail: 'only a third-party consumer may ask for this',
    refuse: () => tracedError(call, 401, 'invalid consumer'),
  })
  return ''
}

function forgetOld({ registry }: IbkrOAuth1Context, now: number): void {
  for (const [name, { expiresAtMs }] of registry.requestTokens) {
    if (expiresAtMs + REQUEST_TOKEN_LIFETIME_MS < now) registry.requestTokens.delete(name)
  }
}
