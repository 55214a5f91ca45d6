/** core-crypto's known answers. */
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
import { type Check, equal, failsWith } from './check.ts'
import { dhGroupPem, rsaKey, vectorChecks } from './vectors.ts'

const DECRYPTION_ERRORS: Readonly<Record<string, string>> = {
  padding: 'CRYPTO_RSA_PADDING',
  length: 'CRYPTO_RSA_CIPHERTEXT_LENGTH',
  range: 'CRYPTO_RSA_CIPHERTEXT_RANGE',
}

export const cryptoVectors: readonly Check[] = vectorChecks('core-crypto', {
  'bigint-bytes': ({ input, expected }) =>
    equal(bytesToHex(bigIntToTwosComplement(BigInt(`0x${input.integerHex}`))), expected.bytesHex),

  'dh-params': ({ input, expected }) => {
    const { prime, generator } = parseDhParameters(input.pem ?? input.primeHex)
    equal(prime, BigInt(`0x${expected.primeHex}`))
    equal(generator, BigInt(expected.generator))
  },

  'dh-response-range': async ({ input }) => {
    const parameters = parseDhParameters(dhGroupPem(input.dhGroup))
    const { privateKey } = generateDhKeyPair(parameters)
    const peerPublicKey = BigInt(`0x${input.diffie_hellman_response}`)
    await failsWith('CRYPTO_DH_PUBLIC_KEY_RANGE', () =>
      computeDhSharedSecret({ parameters, privateKey, peerPublicKey }),
    )
  },

  'secret-decrypt': async ({ input, expected }) => {
    for (const pem of [rsaKey(input.key).pkcs1Pem, rsaKey(input.key).pkcs8Pem]) {
      const key = await importRsaDecryptionKey(pem)
      const decrypt = () => decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
      if (expected.error === undefined) equal(bytesToHex(await decrypt()), expected.secretHex)
      else await failsWith(DECRYPTION_ERRORS[expected.error] ?? 'unknown kind of error', decrypt)
    }
  },

  'rsa-request': async ({ input, expected }) => {
    for (const pem of [rsaKey(input.key).pkcs1Pem, rsaKey(input.key).pkcs8Pem]) {
      const signature = await signRsaSha256(await importRsaSigningKey(pem), expected.baseString)
      equal(bytesToBase64(signature), expected.signatureBase64)
    }
  },

  lst: ({ input, expected }) => {
    const parameters = parseDhParameters(dhGroupPem(input.dhGroup))
    const privateKey = BigInt(`0x${input.dhRandomHex}`)
    const challenge = modPow(parameters.generator, privateKey, parameters.prime)
    equal(challenge.toString(16), expected.challengeHex)
    const peerPublicKey = BigInt(`0x${input.response.diffie_hellman_response}`)
    const shared = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
    const keyBytes = bigIntToTwosComplement(shared)
    equal(bytesToHex(keyBytes), expected.keyBytesHex)
    const token = hmacSha1(keyBytes, hexToBytes(expected.prepend))
    equal(bytesToBase64(token), expected.liveSessionToken)
  },
})
