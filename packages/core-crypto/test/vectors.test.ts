/** The known answers of `vectors/ibkr-oauth1.json` that concern this package. */
import {
  base64ToBytes,
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToHex,
  computeDhSharedSecret,
  generateDhKeyPair,
  hexToBytes,
  hmacSha1,
  importRsaSigningKey,
  modPow,
  parseDhParameters,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import { coded, dhGroups, keys, vectorsOf } from './support.ts'

const PEM_FORMS = ['pkcs1Pem', 'pkcs8Pem'] as const

const DECRYPTION_ERRORS: Record<string, string> = {
  padding: 'CRYPTO_RSA_PADDING',
  length: 'CRYPTO_RSA_CIPHERTEXT_LENGTH',
  range: 'CRYPTO_RSA_CIPHERTEXT_RANGE',
}

describe('bigint-bytes', () => {
  it.each(vectorsOf<{ integerHex: string }, { bytesHex: string }>('bigint-bytes'))(
    '$id',
    ({ input, expected }) => {
      expect(bytesToHex(bigIntToTwosComplement(BigInt(`0x${input.integerHex}`)))).toBe(
        expected.bytesHex,
      )
    },
  )
})

describe('dh-params', () => {
  it.each(
    vectorsOf<{ pem?: string; primeHex?: string }, { primeHex: string; generator: number }>(
      'dh-params',
    ),
  )('$id', ({ input, expected }) => {
    const parameters = {
      prime: BigInt(`0x${expected.primeHex}`),
      generator: BigInt(expected.generator),
    }
    const text = (input.pem ?? input.primeHex)!
    expect(parseDhParameters(text)).toEqual(parameters)
    expect(parseDhParameters(new TextEncoder().encode(text))).toEqual(parameters)
  })
})

describe('dh-response-range', () => {
  it.each(
    vectorsOf<{ dhGroup: string; diffie_hellman_response: string }, { error: string }>(
      'dh-response-range',
    ),
  )('$id', ({ input, expected }) => {
    const parameters = parseDhParameters(dhGroups[input.dhGroup]!.pem)
    const peerPublicKey = BigInt(`0x${input.diffie_hellman_response}`)
    const { privateKey } = generateDhKeyPair(parameters)
    expect(expected.error).toBe('range')
    expect(() => computeDhSharedSecret({ parameters, privateKey, peerPublicKey })).toThrow(
      coded('CRYPTO_DH_PUBLIC_KEY_RANGE') as Error,
    )
  })
})

describe('secret-decrypt', () => {
  it.each(
    vectorsOf<
      { key: string; accessTokenSecret: string },
      { secretHex?: string; prepend?: string; length?: number; error?: string }
    >('secret-decrypt'),
  )('$id', async ({ input, expected }) => {
    for (const form of PEM_FORMS) {
      const key = await importRsaDecryptionKey(keys[input.key]![form])
      const decrypted = decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
      if (expected.error !== undefined) {
        await expect(decrypted).rejects.toThrow(coded(DECRYPTION_ERRORS[expected.error]!) as Error)
      } else {
        const secret = await decrypted
        expect(bytesToHex(secret)).toBe(expected.secretHex)
        expect(secret).toHaveLength(expected.length!)
      }
    }
  })
})

describe('rsa-request', () => {
  it.each(
    vectorsOf<{ key: string }, { baseString: string; signatureBase64: string }>('rsa-request'),
  )('$id', async ({ input, expected }) => {
    for (const form of PEM_FORMS) {
      const key = await importRsaSigningKey(keys[input.key]![form])
      expect(key.modulusBits).toBe(2048)
      const signature = await signRsaSha256(key, expected.baseString)
      expect(bytesToBase64(signature)).toBe(expected.signatureBase64)
    }
  })
})

interface ExchangeInput {
  dhGroup: string
  dhRandomHex: string
  serverRandomHex: string
  accessTokenSecret: string
  response: { diffie_hellman_response: string }
}

interface ExchangeExpected {
  challengeHex: string
  sharedSecretHex: string
  keyBytesHex: string
  liveSessionToken: string
}

describe('lst', () => {
  it.each(vectorsOf<ExchangeInput, ExchangeExpected>('lst'))('$id', async ({ input, expected }) => {
    const parameters = parseDhParameters(dhGroups[input.dhGroup]!.pem)
    const { prime, generator } = parameters
    const random = () => hexToBytes(input.dhRandomHex.padStart(64, '0'))
    const { privateKey, publicKey } = generateDhKeyPair(parameters, { random })
    expect(privateKey).toBe(BigInt(`0x${input.dhRandomHex}`))
    expect(publicKey.toString(16)).toBe(expected.challengeHex)

    const peerPublicKey = BigInt(`0x${input.response.diffie_hellman_response}`)
    const sharedSecret = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
    expect(sharedSecret.toString(16)).toBe(expected.sharedSecretHex)
    const keyBytes = bigIntToTwosComplement(sharedSecret)
    expect(bytesToHex(keyBytes)).toBe(expected.keyBytesHex)

    // The broker's side of the same exchange.
    const serverRandom = BigInt(`0x${input.serverRandomHex}`)
    expect(modPow(generator, serverRandom, prime)).toBe(peerPublicKey)
    expect(
      computeDhSharedSecret({ parameters, privateKey: serverRandom, peerPublicKey: publicKey }),
    ).toBe(sharedSecret)

    const key = await importRsaDecryptionKey(keys['encryption']!.pkcs8Pem)
    const secret = await decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
    expect(bytesToBase64(hmacSha1(keyBytes, secret))).toBe(expected.liveSessionToken)
  })
})
