/** The known answers of the handshake as a client makes it. */
import { bytesToHex, hexToBytes } from '@isoauth/core-crypto'
import {
  decryptAccessTokenSecret,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { equal, failsWith, failure, same, type VectorCheck } from './check.ts'
import { dhGroupPem, rsaKey, vectorChecks } from './vectors.ts'

const credentials = {
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  signatureKey: rsaKey('signature').pkcs8Pem,
  timestamp: 1714583316,
  now: () => 1714583316_000,
}

/** Code, option and the cause's code for each kind of bad secret. */
const SECRET_ERRORS: Readonly<Record<string, readonly [string, string, string]>> = {
  padding: ['IBKR_OAUTH1_SECRET_DECRYPTION_FAILED', 'encryptionKey', 'CRYPTO_RSA_PADDING'],
  length: ['IBKR_OAUTH1_OPTION_INVALID', 'accessTokenSecret', 'CRYPTO_RSA_CIPHERTEXT_LENGTH'],
  range: ['IBKR_OAUTH1_SECRET_DECRYPTION_FAILED', 'encryptionKey', 'CRYPTO_RSA_CIPHERTEXT_RANGE'],
}

export const exchangeVectors: readonly VectorCheck[] = vectorChecks('ibkr-oauth1', {
  'secret-decrypt': async ({ input, expected }) => {
    for (const encryptionKey of [rsaKey(input.key).pkcs1Pem, rsaKey(input.key).pkcs8Pem]) {
      const { accessTokenSecret } = input
      const decrypt = () => decryptAccessTokenSecret({ accessTokenSecret, encryptionKey })
      if (expected.error === undefined) equal(bytesToHex(await decrypt()), expected.secretHex)
      else {
        const error = await failure(decrypt)
        const cause = error['cause'] as { readonly code?: string } | undefined
        same([error['code'], error['option'], cause?.code], SECRET_ERRORS[expected.error])
      }
    }
  },

  lst: async ({ input, expected }) => {
    const exponent = hexToBytes(input.dhRandomHex.padStart(64, '0'))
    const { request, pending } = await prepareLiveSessionTokenRequest({
      ...credentials,
      consumerKey: input.consumerKey,
      realm: input.realm,
      accessTokenSecret: input.accessTokenSecret,
      encryptionKey: rsaKey('encryption').pkcs1Pem,
      dhParameters: dhGroupPem(input.dhGroup),
      random: () => exponent,
    })
    const header = request.headers.get('authorization') ?? ''
    equal(header.includes(`diffie_hellman_challenge="${expected.challengeHex}"`), true)
    const session = await processLiveSessionTokenResponse(answer(input.response), pending)
    equal(bytesToHex(session.token), expected.lstHex)
    const [first = '', ...rest] = String(expected.lstSignatureHex)
    const live_session_token_signature = [first === '0' ? '1' : '0', ...rest].join('')
    const altered = answer({ ...input.response, live_session_token_signature })
    await failsWith('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', () =>
      processLiveSessionTokenResponse(altered, pending),
    )
  },

  'dh-response-range': async ({ input }) => {
    const { pending } = await prepareLiveSessionTokenRequest({
      ...credentials,
      consumerKey: 'TESTCONS',
      realm: 'test_realm',
      decryptedAccessTokenSecret: '0102',
      dhParameters: dhGroupPem(input.dhGroup),
    })
    const { diffie_hellman_response } = input
    const fields = { diffie_hellman_response, live_session_token_signature: '0'.repeat(40) }
    await failsWith('IBKR_OAUTH1_DH_RESPONSE_RANGE', () =>
      processLiveSessionTokenResponse(answer(fields), pending),
    )
  },
})

function answer(fields: unknown): Response {
  return new Response(JSON.stringify(fields), { status: 200 })
}
