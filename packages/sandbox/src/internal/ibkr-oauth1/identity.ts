/** Who is asking: consumer, realm and access token. */
import { type Call, check } from '../call.ts'
import type { AccessToken, Consumer, Registry } from './consumer.ts'

export function checkConsumer(
  call: Call,
  {
    registry,
    values,
    refuse,
  }: {
    readonly registry: Registry
    readonly values: ReadonlyMap<string, string>
    readonly refuse: () => Response
  },
): Consumer {
  const key = values.get('oauth_consumer_key') ?? ''
  const consumer = registry.consumers.get(key)
  const stored = registry.consumers.has(key.trim().toUpperCase())
  const hint = stored
    ? 'it differs from the stored key in case or blanks'
    : 'no such consumer is registered'
  check(call, consumer !== undefined, {
    name: 'consumer',
    detail: consumer ? 'registered' : hint,
    refuse,
  })
  const bare = call.record.parameterTransport === 'json-body' && !values.has('realm')
  const realm = bare ? consumer.realm : values.get('realm')
  check(call, realm === consumer.realm, {
    name: 'realm',
    detail: `the realm of this consumer is ${consumer.realm}`,
    refuse,
  })
  return consumer
}

export function checkAccessToken(
  call: Call,
  {
    registry,
    consumer,
    token,
    refuse,
  }: {
    readonly registry: Registry
    readonly consumer: Consumer
    readonly token: string
    readonly refuse: () => Response
  },
): AccessToken {
  const found = registry.accessTokens.get(token)
  check(call, found?.consumerKey === consumer.consumerKey, {
    name: 'token',
    detail: 'an access token that was issued to this consumer',
    refuse,
  })
  return found as AccessToken
}

export function checkSignatureMethod(
  call: Call,
  {
    values,
    expected,
    refuse,
  }: {
    readonly values: ReadonlyMap<string, string>
    readonly expected: 'RSA-SHA256' | 'HMAC-SHA256'
    readonly refuse: () => Response
  },
): void {
  const method = values.get('oauth_signature_method')
  check(call, method === expected, {
    name: 'signature-method',
    detail: `oauth_signature_method has to be ${expected} here`,
    refuse,
  })
}
