/** Signatures, decryption and live session tokens of the known answers. */
import * as crypto from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { facts, proven, same } from './facts.mjs'

const { keys, dhGroups, vectors } = facts.vectors

const kinds = {
  async 'rsa-request'({ id, input, expected }) {
    const key = await crypto.importRsaSigningKey(keys[input.key].pkcs8Pem)
    const signature = await crypto.signRsaSha256(key, expected.baseString)
    same(crypto.bytesToBase64(signature), expected.signatureBase64, id)
  },
  async 'secret-decrypt'({ id, input, expected }) {
    if (expected.error !== undefined) return
    const key = await importRsaDecryptionKey(keys[input.key].pkcs1Pem)
    const secret = await decryptRsaPkcs1v15(key, crypto.base64ToBytes(input.accessTokenSecret))
    same(crypto.bytesToHex(secret), expected.secretHex, id)
  },
  lst({ id, input, expected }) {
    const parameters = crypto.parseDhParameters(dhGroups[input.dhGroup].pem)
    const privateKey = BigInt(`0x${input.dhRandomHex}`)
    const challenge = crypto.modPow(parameters.generator, privateKey, parameters.prime)
    same(challenge.toString(16), expected.challengeHex, id)
    const peerPublicKey = BigInt(`0x${input.response.diffie_hellman_response}`)
    const secret = crypto.computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
    const token = crypto.hmacSha1(
      crypto.bigIntToTwosComplement(secret),
      crypto.hexToBytes(expected.prepend),
    )
    same(crypto.bytesToBase64(token), expected.liveSessionToken, id)
  },
}

const known = vectors.filter(({ kind }) => kind in kinds)
for (const vector of known) await kinds[vector.kind](vector)
proven(`${known.length} known answers`)
