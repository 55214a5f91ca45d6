/** A way to each code of core-crypto. */
import {
  base64ToBytes,
  bytesToHex,
  type CryptoErrorCode,
  computeDhSharedSecret,
  DH_GROUPS,
  hexToBytes,
  importRsaSigningKey,
  modPow,
  parseDhParameters,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { failure } from '../check.ts'
import { rsaKey } from '../vectors.ts'
import type { Way } from './search.ts'

const MARK = 'SeCrEtMaRkEdSeCrEtMaRkEd'
const MARKED_BYTES = base64ToBytes(MARK)
const MARKED_NUMBER = BigInt(`0x${bytesToHex(MARKED_BYTES)}`)
const SECRETS = [
  MARK,
  ...[10, 16].map((base) => MARKED_NUMBER.toString(base)),
  [...MARKED_BYTES].join(),
]
const { pkcs1Pem } = rsaKey('encryption')
const parameters = DH_GROUPS.modp2048
const pem = (label: string, body = MARK) =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
/** What only looks like a key of the platform's. */
const fakeKey = {
  ...{ type: 'private', extractable: true, usages: ['sign'], mark: MARK },
  algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048 },
}
const decrypt = async (ciphertext: Uint8Array) =>
  await decryptRsaPkcs1v15(await importRsaDecryptionKey(pkcs1Pem), ciphertext)

/** RSAPrivateKey of PKCS#1 with numbers that are no key: each is the marked one, but for the modulus. */
function pkcs1Of(modulus: bigint): Uint8Array<ArrayBuffer> {
  const length = (size: number): number[] => {
    if (size < 128) return [size]
    return size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  }
  const integer = (value: bigint) => {
    const hex = value.toString(16)
    const bytes = [...hexToBytes(hex.length % 2 === 0 ? hex : `0${hex}`)]
    const signed = (bytes[0] ?? 0) > 127 ? [0, ...bytes] : bytes
    return [2, ...length(signed.length), ...signed]
  }
  const all = [0n, modulus, 65537n, ...Array<bigint>(6).fill(MARKED_NUMBER)].flatMap(integer)
  return Uint8Array.from([0x30, ...length(all.length), ...all])
}

const way =
  (work: () => unknown): Way =>
  async () => ({ error: await failure(work), secrets: SECRETS })
const signing = (key: unknown) => way(() => importRsaSigningKey(key as string))

export const cryptoWays: Readonly<Record<CryptoErrorCode, Way>> = {
  CRYPTO_OPTION_INVALID: way(() => modPow(MARKED_NUMBER, 2n, -MARKED_NUMBER)),
  CRYPTO_ENCODING_INVALID: way(() => hexToBytes(MARK)),
  CRYPTO_WEBCRYPTO_UNAVAILABLE: {
    notHere: 'the global of a runtime that goes on with other checks is not taken away',
    provokedIn: 'packages/core-crypto/test/errors.test.ts',
  },
  CRYPTO_DH_PARAMETERS_INVALID: way(() => parseDhParameters(pem('DH PARAMETERS'))),
  CRYPTO_DH_PUBLIC_KEY_RANGE: way(() => {
    const peerPublicKey = parameters.prime + MARKED_NUMBER
    return computeDhSharedSecret({ parameters, privateKey: MARKED_NUMBER, peerPublicKey })
  }),
  CRYPTO_KEY_MALFORMED: signing(pem('PRIVATE KEY')),
  CRYPTO_KEY_ENCRYPTED: signing(pem('ENCRYPTED PRIVATE KEY')),
  CRYPTO_KEY_PUBLIC: signing(`ssh-rsa ${MARK}`),
  CRYPTO_KEY_CERTIFICATE: signing(pem('CERTIFICATE')),
  CRYPTO_KEY_LABEL_UNEXPECTED: signing(pem('DH PARAMETERS')),
  CRYPTO_KEY_TYPE_UNSUPPORTED: signing({ kty: MARK, d: MARK }),
  CRYPTO_KEY_TOO_SMALL: signing(pkcs1Of(MARKED_NUMBER)),
  CRYPTO_KEY_TOO_LARGE: signing(pkcs1Of(MARKED_NUMBER << 16384n)),
  CRYPTO_KEY_INCONSISTENT: signing(pkcs1Of((MARKED_NUMBER << 1906n) + 1n)),
  CRYPTO_KEY_USAGE: signing({ kty: 'RSA', use: 'enc', d: MARK }),
  CRYPTO_KEY_NOT_EXTRACTABLE: way(() =>
    importRsaDecryptionKey({ ...fakeKey, extractable: false } as never),
  ),
  CRYPTO_KEY_REFUSED: way(() => signRsaSha256(fakeKey as never, MARK)),
  CRYPTO_SIGNATURE_INVALID: way(() => signRsaSha256(async () => MARKED_BYTES, MARK)),
  CRYPTO_RSA_CIPHERTEXT_LENGTH: way(() => decrypt(MARKED_BYTES)),
  CRYPTO_RSA_CIPHERTEXT_RANGE: way(() => decrypt(new Uint8Array(256).fill(255))),
  CRYPTO_RSA_PADDING: way(() =>
    decrypt(Uint8Array.from([...new Uint8Array(238), ...MARKED_BYTES])),
  ),
  CRYPTO_RSA_FAULT: {
    notHere: 'no input of a public function makes the arithmetic of a key go wrong',
    provokedIn: 'packages/core-crypto/test/errors.test.ts',
  },
}
