import { bytesToHex, hexToBytes } from '@isoauth/core-crypto'
import {
  decryptAccessTokenSecret,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { describe, expect, it } from 'vitest'
import { dhGroups, keys, type Vector, vectorsOf } from './vectors.ts'

const isBad = (vector: Vector) => vector.expected.error !== undefined
const secrets = vectorsOf('secret-decrypt')

describe.each(secrets.filter((vector) => !isBad(vector)))('secret $id', ({ input, expected }) => {
  it.each(['pkcs1Pem', 'pkcs8Pem'] as const)('decrypts with the %s', async (form) => {
    const encryptionKey = keys[input.key as 'encryption'][form]
    const { accessTokenSecret } = input
    const secret = await decryptAccessTokenSecret({ accessTokenSecret, encryptionKey })
    expect(bytesToHex(secret)).toBe(expected.secretHex)
  })
})

const SECRET_ERRORS = {
  padding: {
    code: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
    option: 'encryptionKey',
    cause: { code: 'CRYPTO_RSA_PADDING' },
  },
  length: {
    code: 'IBKR_OAUTH1_OPTION_INVALID',
    option: 'accessTokenSecret',
    cause: { code: 'CRYPTO_RSA_CIPHERTEXT_LENGTH' },
  },
  range: {
    code: 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
    option: 'encryptionKey',
    cause: { code: 'CRYPTO_RSA_CIPHERTEXT_RANGE' },
  },
} as const

describe.each(secrets.filter(isBad))('bad secret $id', ({ input, expected }) => {
  it('is refused', async () => {
    const encryptionKey = keys[input.key as 'encryption'].pkcs8Pem
    const { accessTokenSecret } = input
    await expect(
      decryptAccessTokenSecret({ accessTokenSecret, encryptionKey }),
    ).rejects.toMatchObject(SECRET_ERRORS[expected.error as 'padding'])
  })
})

it('has six bad secrets and five bad server values', () => {
  expect(secrets.filter(isBad)).toHaveLength(6)
  expect(vectorsOf('dh-response-range')).toHaveLength(5)
})

const credentials = {
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  signatureKey: keys.signature.pkcs8Pem,
  timestamp: 1714583316,
  now: () => 1714583316_000,
}
const answer = (fields: unknown) => new Response(JSON.stringify(fields), { status: 200 })

describe.each(vectorsOf('lst'))('exchange $id', ({ input, expected }) => {
  it('sends the challenge and derives the token from the answer', async () => {
    const exponent = hexToBytes(input.dhRandomHex.padStart(64, '0'))
    const { request, pending } = await prepareLiveSessionTokenRequest({
      ...credentials,
      consumerKey: input.consumerKey,
      realm: input.realm,
      accessTokenSecret: input.accessTokenSecret,
      encryptionKey: keys.encryption.pkcs1Pem,
      dhParameters: dhGroups[input.dhGroup]?.pem ?? '',
      random: () => exponent,
    })
    const header = request.headers.get('authorization')
    expect(header).toContain(`diffie_hellman_challenge="${expected.challengeHex}"`)
    const session = await processLiveSessionTokenResponse(answer(input.response), pending)
    expect(bytesToHex(session.token)).toBe(expected.lstHex)
    const signature = expected.lstSignatureHex.replace(/^./, (c: string) => (c === '0' ? '1' : '0'))
    const altered = { ...input.response, live_session_token_signature: signature }
    await expect(processLiveSessionTokenResponse(answer(altered), pending)).rejects.toMatchObject({
      code: 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH',
    })
  })
})

describe.each(vectorsOf('dh-response-range'))('server value $id', ({ input }) => {
  it('is refused', async () => {
    const { pending } = await prepareLiveSessionTokenRequest({
      ...credentials,
      consumerKey: 'TESTCONS',
      decryptedAccessTokenSecret: '0102',
      dhParameters: dhGroups[input.dhGroup]?.pem ?? '',
    })
    const fields = {
      diffie_hellman_response: input.diffie_hellman_response,
      live_session_token_signature: '0'.repeat(40),
    }
    await expect(processLiveSessionTokenResponse(answer(fields), pending)).rejects.toMatchObject({
      code: 'IBKR_OAUTH1_DH_RESPONSE_RANGE',
    })
  })
})
