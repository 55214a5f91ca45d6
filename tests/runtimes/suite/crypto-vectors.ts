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
import { equal, failsWith, type VectorCheck } from './check.ts'
import { dhGroupPem, rsaKey, vectorChecks } from './vectors.ts'

const DECRYPTION_ERRORS: Readonly<Record<string, string>> = {
  padding: 'CRYPTO_RSA_PADDING',
  length: 'CRYPTO_RSA_CIPHERTEXT_LENGTH',
  range: 'CRYPTO_RSA_CIPHERTEXT_RANGE',
}

export const cryptoVectors: readonly VectorCheck[] = vectorChecks('core-crypto', {
  'bigint-bytes': ({ input, expected }) =>
    equal(bytesToHex(bigIntToTwosComplement(BigInt(`0x${input.integerHex}`))), expected.bytesHex),

  'dh-params': ({ input, expected }) => {
    const text: string = input.pem ?? input.primeHex
    for (const given of [text, new TextEncoder().encode(text)]) {
      const { prime, generator } = parseDhParameters(given)
      equal(prime, BigInt(`0x${expected.primeHex}`))
      equal(generator, BigInt(expected.generator))
    }
  },

  'dh-response-range': async ({ input, expected }) => {
    equal(expected.error, 'range')
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
      if (expected.error === undefined) {
        const secret = await decrypt()
        equal(bytesToHex(secret), expected.secretHex)
        equal(secret.length, expected.length)
      } else await failsWith(DECRYPTION_ERRORS[expected.error] ?? 'unknown kind of error', decrypt)
    }
  },

  'rsa-request': async ({ input, expected }) => {
    for (const pem of [rsaKey(input.key).pkcs1Pem, rsaKey(input.key).pkcs8Pem]) {
      const key = await importRsaSigningKey(pem)
      equal(key.modulusBits, 2048)
      const signature = await signRsaSha256(key, expected.baseString)
      equal(bytesToBase64(signature), expected.signatureBase64)
    }
  },

  lst: async ({ input, expected }) => {
    const parameters = parseDhParameters(dhGroupPem(input.dhGroup))
    const random = () => hexToBytes(input.dhRandomHex.padStart(64, '0'))
    const { privateKey, publicKey } = generateDhKeyPair(parameters, { random })
    equal(privateKey, BigInt(`0x${input.dhRandomHex}`))
    equal(publicKey.toString(16), expected.challengeHex)
    const peerPublicKey = BigInt(`0x${input.response.diffie_hellman_response}`)
    const shared = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
    equal(shared.toString(16), expected.sharedSecretHex)
    const keyBytes = bigIntToTwosComplement(shared)
    equal(bytesToHex(keyBytes), expected.keyBytesHex)

    // The broker's side of the same exchange.
    const serverPrivateKey = BigInt(`0x${input.serverRandomHex}`)
    equal(modPow(parameters.generator, serverPrivateKey, parameters.prime), peerPublicKey)
    const broker = { parameters, privateKey: serverPrivateKey, peerPublicKey: publicKey }
    equal(computeDhSharedSecret(broker), shared)

    const key = await importRsaDecryptionKey(rsaKey('encryption').pkcs8Pem)
    const secret = await decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
    equal(bytesToHex(secret), expected.prepend)
    equal(bytesToBase64(hmacSha1(keyBytes, secret)), expected.liveSessionToken)
  },
})
