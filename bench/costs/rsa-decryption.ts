/** RSAES-PKCS1-v1_5 decryption, 2048 bits: bytes in, bytes out, the key read beforehand. */
import {
  constants,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto'
import { bytesToHex, randomBytes } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { PKCS1_KEM } from 'micro-rsa-dsa-dh/rsa.js'
import forge from 'node-forge'
import { expectEqual } from '../expect.ts'
import { numberOf } from '../numbers.ts'
import type { Cost } from '../paired-rounds.ts'

export async function rsaDecryptionCosts(): Promise<Cost[]> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs1' }) as string
  const message = randomBytes(20)
  const padding = constants.RSA_PKCS1_PADDING
  const ciphertext = new Uint8Array(publicEncrypt({ key: publicKey, padding }, message))

  const portable = await importRsaDecryptionKey(pem, { acceleration: 'portable' })
  const auto = await importRsaDecryptionKey(pem)
  const { n, d } = privateKey.export({ format: 'jwk' })
  const numbers = {
    n: numberOf(Buffer.from(n ?? '', 'base64url')),
    d: numberOf(Buffer.from(d ?? '', 'base64url')),
  }
  const forgeKey = forge.pki.privateKeyFromPem(pem)
  const forgeText = Buffer.from(ciphertext).toString('binary')
  const bareKey = createPrivateKey(pem)
  const bare = { key: bareKey, padding: constants.RSA_NO_PADDING }

  const contenders = [
    { name: 'ours, portable', run: () => decryptRsaPkcs1v15(portable, ciphertext) },
    { name: 'ours', run: () => decryptRsaPkcs1v15(auto, ciphertext) },
    { name: 'micro-rsa-dsa-dh', run: () => PKCS1_KEM.decrypt(numbers, ciphertext) },
    {
      name: 'node-forge',
      run: () => Buffer.from(forgeKey.decrypt(forgeText, 'RSAES-PKCS1-V1_5'), 'binary'),
    },
    {
      name: 'native',
      run: () => {
        const encoded = privateDecrypt(bare, ciphertext)
        return encoded.subarray(encoded.indexOf(0, 2) + 1)
      },
    },
  ]
  for (const { name, run } of contenders) {
    const result = await run()
    expectEqual(`decryption by ${name}`, Buffer.from(result).toString('hex'), bytesToHex(message))
  }
  return [
    {
      id: 'rsa-decryption',
      title: 'RSAES-PKCS1-v1_5 decryption, 2048 bits',
      contenders,
      rounds: 80,
    },
  ]
}
