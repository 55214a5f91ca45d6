/** `POST /oauth/request_token` and `POST /oauth/access_token`: third-party consumers only. */

import { type Call, check, checkNotExpired, jsonResponse } from '../call.ts'
import { randomBytes, toBase64 } from '../crypto/bytes.ts'
import { encryptPkcs1v15 } from '../crypto/rsa.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import { type Consumer, keepAccessToken, type RequestToken } from './consumer.ts'
import { type IbkrOAuth1Context, type OAuthEndpoint, REQUEST_TOKEN_LIFETIME_MS } from './context.ts'
import { freshToken } from './credentials.ts'
import { authenticateRsaRequest, type RsaRequest, type RsaRequestRules } from './rsa-request.ts'

export const requestToken: OAuthEndpoint = async (call, context, legacy) => {
  const { consumer, values } = await authenticate(call, context, {
    legacy,
    required: ['oauth_callback'],
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

export const accessToken: OAuthEndpoint = async (call, context, legacy) => {
  const { consumer, values } = await authenticate(call, context, {
    legacy,
    required: ['oauth_token', 'oauth_verifier'],
    optional: ['oauth_callback'],
  })
  const granted = checkGrant(call, context, { consumer, values })
  granted.spent = true
  const secret = randomBytes(20)
  const token = freshToken()
  keepAccessToken(context.registry, { token, consumerKey: consumer.consumerKey, secret })
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
  checkNotExpired(call, token, { name: 'token', refuse })
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

function authenticate(
  call: Call,
  context: IbkrOAuth1Context,
  rules: Pick<RsaRequestRules, 'legacy' | 'required'> & Partial<RsaRequestRules>,
): Promise<RsaRequest> {
  const prefix = (consumer: Consumer) => {
    check(call, consumer.kind === 'third-party', {
      name: 'consumer',
      detail: 'only a third-party consumer may ask for this',
      refuse: () => tracedError(call, 401, 'invalid consumer'),
    })
    return ''
  }
  return authenticateRsaRequest(call, context, { optional: [], prefix, ...rules })
}

function forgetOld({ registry }: IbkrOAuth1Context, now: number): void {
  for (const [name, { expiresAtMs }] of registry.requestTokens) {
    if (expiresAtMs + REQUEST_TOKEN_LIFETIME_MS < now) registry.requestTokens.delete(name)
  }
}
