/** Who is asking: consumer, realm and access token. */
import { type Call, check } from '../internal/call.ts'
import type { AccessToken, Consumer, Registry } from './consumer.ts'

export function checkConsumer(
  call: Call,
  registry: Registry,
  values: ReadonlyMap<string, string>,
  refuse: () => Response,
): Consumer {
  const key = values.get('oauth_consumer_key') ?? ''
  const consumer = registry.consumers.get(key)
  const stored = registry.consumers.has(key.trim().toUpperCase())
  const hint = stored
    ? 'it differs from the stored key in case or blanks'
    : 'no such consumer is registered'
  check(call, 'consumer', consumer !== undefined, consumer ? 'registered' : hint, refuse)
  const bare = call.record.parameterTransport === 'json-body' && !values.has('realm')
  const realm = bare ? consumer.realm : values.get('realm')
  check(
    call,
    'realm',
    realm === consumer.realm,
    `the realm of this consumer is ${consumer.realm}`,
    refuse,
  )
  return consumer
}

export function checkAccessToken(
  call: Call,
  registry: Registry,
  consumer: Consumer,
  token: string,
  refuse: () => Response,
): AccessToken {
  const found = registry.accessTokens.get(token)
  check(
    call,
    'token',
    found?.consumerKey === consumer.consumerKey,
    'an access token that was issued to this consumer',
    refuse,
  )
  return found as AccessToken
}

export function checkSignatureMethod(
  call: Call,
  values: ReadonlyMap<string, string>,
  expected: 'RSA-SHA256' | 'HMAC-SHA256',
  refuse: () => Response,
): void {
  const method = values.get('oauth_signature_method')
  check(
    call,
    'signature-method',
    method === expected,
    `oauth_signature_method has to be ${expected} here`,
    refuse,
  )
}
