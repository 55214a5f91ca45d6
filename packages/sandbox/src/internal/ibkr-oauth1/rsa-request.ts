/** What the three RSA-signed requests under `/oauth` have in common. */

import { type Call, check } from '../call.ts'
import { refuseMethod, tracedError } from '../ibkr-api/answers.ts'
import { mediaTypeOf } from '../request-body.ts'
import type { Consumer } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { checkNonce, checkTimestamp, rememberNonce } from './freshness.ts'
import { checkConsumer, checkSignatureMethod } from './identity.ts'
import { checkRsaSignature } from './rsa-signature.ts'
import { readSignedParameters } from './signed-request.ts'

export interface RsaRequestRules {
  readonly legacy: boolean
  /** Parameters beyond consumer key, nonce, signature method and timestamp. */
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Judges consumer and token before the signature; gives the prefix of the base string. */
  readonly prefix: (consumer: Consumer, values: ReadonlyMap<string, string>) => string
}

export interface RsaRequest {
  readonly consumer: Consumer
  readonly values: ReadonlyMap<string, string>
}

const COMMON = [
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature_method',
  'oauth_timestamp',
] as const

export async function authenticateRsaRequest(
  call: Call,
  context: IbkrOAuth1Context,
  rules: RsaRequestRules,
): Promise<RsaRequest> {
  const failed = () => tracedError(call, 401, 'authentication failed')
  const malformed = (text: string) => tracedError(call, 400, text)
  if (call.record.method !== 'POST') refuseMethod(call, ['POST'])
  check(call, !call.query, {
    name: 'query',
    detail: 'RSA-signed requests carry no query',
    refuse: () => malformed('query not allowed'),
  })
  const { values, pairs } = await readSignedParameters(
    call,
    {
      required: [...COMMON, ...rules.required],
      optional: ['oauth_version', ...rules.optional],
      unauthenticated: failed,
      malformed,
    },
    rules.legacy,
  )
  await checkBody(call, malformed)
  const invalidConsumer = () => tracedError(call, 401, 'invalid consumer')
  const consumer = checkConsumer(call, {
    registry: context.registry,
    values,
    refuse: invalidConsumer,
  })
  checkSignatureMethod(call, { values, expected: 'RSA-SHA256', refuse: failed })
  const prefix = rules.prefix(consumer, values)
  checkTimestamp(call, values.get('oauth_timestamp') ?? '', failed)
  const nonce = values.get('oauth_nonce') ?? ''
  checkNonce(call, { consumer, nonce, refuse: failed })
  await checkRsaSignature(call, {
    consumer,
    signature: values.get('oauth_signature') ?? '',
    input: { prefix, method: call.record.method, path: call.path, pairs },
    origins: context.signedOrigins,
    realm: consumer.realm,
    refuse: failed,
  })
  rememberNonce(call, consumer, nonce)
  return { consumer, values }
}

/** The parameters travel in the header: a body is empty, or an empty JSON object. */
async function checkBody(call: Call, malformed: (text: string) => Response): Promise<void> {
  if (call.record.parameterTransport === 'json-body') return
  const body = (await call.body()).trim()
  const empty = body === '' || (body === '{}' && mediaTypeOf(call) === 'application/json')
  check(call, empty, {
    name: 'body',
    detail: 'empty, or {} as application/json, is required',
    refuse: () => malformed('unexpected body'),
  })
}
