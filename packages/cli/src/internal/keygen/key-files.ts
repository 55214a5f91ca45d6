/** The files that the broker's portal and a client need, under the names its instructions use. */
import { type DhParameters, encodeDhParameters, generateRsaKeyPair } from '@isoauth/core-crypto'

/** Each file with what becomes of it. */
export const KEY_FILES = {
  privateSignature: {
    name: 'private_signature.pem',
    use: 'stays here: signs (signatureKeyFile)',
    isSecret: true,
  },
  publicSignature: {
    name: 'public_signature.pem',
    use: 'portal: public signing key',
    isSecret: false,
  },
  privateEncryption: {
    name: 'private_encryption.pem',
    use: 'stays here: decrypts the secret (encryptionKeyFile)',
    isSecret: true,
  },
  publicEncryption: {
    name: 'public_encryption.pem',
    use: 'portal: public encryption key',
    isSecret: false,
  },
  dhParameters: {
    name: 'dhparam.pem',
    use: 'portal, and stays here (dhParametersFile)',
    isSecret: false,
  },
} as const

export type KeyFileName = keyof typeof KEY_FILES

/** The text of every file but the parameters'. */
export async function makeRsaFiles(): Promise<
  Record<Exclude<KeyFileName, 'dhParameters'>, string>
> {
  const [signature, encryption] = await Promise.all([generateRsaKeyPair(), generateRsaKeyPair()])
  return {
    privateSignature: signature.privateKeyPem,
    publicSignature: signature.publicKeyPem,
    privateEncryption: encryption.privateKeyPem,
    publicEncryption: encryption.publicKeyPem,
  }
}

export function dhFile(parameters: DhParameters): string {
  return encodeDhParameters(parameters)
}
