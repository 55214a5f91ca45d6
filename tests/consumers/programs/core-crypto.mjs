/** Signatures, decryption and live session tokens of the known answers. */
import {
  base64ToBytes,
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToHex,
  computeDhSharedSecret,
  hexToBytes,
  hmacSha1,
  importRsaSigningKey,
  modPow,
  parseDhParameters,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { facts, proven, same } from './facts.mjs'

const { keys, dhGroups, vectors } = facts.vectors

const kinds = {
  async 'rsa-request'({ id, input, expected }) {
    const key = await importRsaSigningKey(keys[input.key].pkcs8Pem)
    const signature = await signRsaSha256(key, expected.baseString)
    same(bytesToBase64(signature), expected.signatureBase64, id)
  },
  async 'secret-decrypt'({ id, input, expected }) {
    if (expected.error !== undefined) return
    const key = await importRsaDecryptionKey(keys[input.key].pkcs1Pem)
    const secret = await decryptRsaPkcs1v15(key, base64ToBytes(input.accessTokenSecret))
    same(bytesToHex(secret), expected.secretHex, id)
  },
  lst({ id, input, expected }) {
    const parameters = parseDhParameters(dhGroups[input.dhGroup].pem)
    const privateKey = BigInt(`0x${input.dhRandomHex}`)
    const challenge = modPow(parameters.generator, privateKey, parameters.prime)
    same(challenge.toString(16), expected.challengeHex, id)
    const peerPublicKey = BigInt(`0x${input.response.diffie_hellman_response}`)
    const secret = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
    const token = hmacSha1(bigIntToTwosComplement(secret), hexToBytes(expected.prepend))
    same(bytesToBase64(token), expected.liveSessionToken, id)
  },
}

const known = vectors.filter(({ kind }) => kind in kinds)
for (const vector of known) await kinds[vector.kind](vector)
proven(`${known.length} known answers`)
