/** core-crypto's known answers of `vectors/ibkr-oauth1.json`, for a runtime without a test library. */
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
import file from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { type Check, equal, failsWith } from './check.ts'

interface Vector {
  readonly id: string
  readonly kind: string
  // The shapes differ by kind; a wrong name here gives undefined, which no comparison accepts.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly input: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly expected: any
}

type Run = (vector: Vector) => void | Promise<void>

const groups: Readonly<Record<string, { pem: string }>> = file.dhGroups
const keys: Readonly<Record<string, { pkcs1Pem: string; pkcs8Pem: string }>> = file.keys

const DECRYPTION_ERRORS: Readonly<Record<string, string>> = {
  padding: 'CRYPTO_RSA_PADDING',
  length: 'CRYPTO_RSA_CIPHERTEXT_LENGTH',
  range: 'CRYPTO_RSA_CIPHERTEXT_RANGE',
}

const kinds: Readonly<Record<string, Run>> = {
  'bigint-bytes': ({ input, expected }) =>
    equal(bytesToHex(bigIntToTwosComplement(BigInt(`0x${input.integerHex}`))), expected.bytesHex),

  'dh-params': ({ input, expected }) => {
    const { prime, generator } = parseDhParameters(input.pem ?? input.primeHex)
    equal(prime, BigInt(`0x${expected.primeHex}`))
    equal(generator, BigInt(expected.generator))
  },

  'dh-response-range': ({ input }) => {
    const parameters = parseDhParameters(group(input.dhGroup).pem)
    const { privateKey } = generateDhKeyPair(parameters)
    const peerPublicKey = BigInt(`0x${input.diffie_hellman_response}`)
    return failsWith('CRYPTO_DH_PUBLIC_KEY_RANGE', () =>
      computeDhSharedSecret({ parameters, privateKey, peerPublicKey }),
    )
  },

  'secret-decrypt': async ({ input, expected }) => {
    const key = await importRsaDecryptionKey(rsaKey(input.key).pkcs1Pem)
    const decrypt = () => decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
    if (expected.error === undefined) equal(bytesToHex(await decrypt()), expected.secretHex)
    else await failsWith(DECRYPTION_ERRORS[expected.error] ?? 'unknown kind of error', decrypt)
  },

  'rsa-request': async ({ input, expected }) => {
    const key = await importRsaSigningKey(rsaKey(input.key).pkcs8Pem)
    const signature = await signRsaSha256(key, expected.baseString)
    equal(bytesToBase64(signature), expected.signatureBase64)
  },

  lst: async ({ input, expected }) => {
    const parameters = parseDhParameters(group(input.dhGroup).pem)
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
}

/** Every vector of the kinds above, as checks to run. */
export function cryptoVectors(): Check[] {
  return (file.vectors as Vector[]).flatMap((vector) => {
    const run = kinds[vector.kind]
    return run === undefined ? [] : [{ name: vector.id, run: () => run(vector) }]
  })
}

function group(name: string): { pem: string } {
  return groups[name] ?? missing(name)
}

function rsaKey(name: string): { pkcs1Pem: string; pkcs8Pem: string } {
  return keys[name] ?? missing(name)
}

function missing(name: string): never {
  throw new Error(`the vectors have no ${name}`)
}
