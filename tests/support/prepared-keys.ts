/** RSA key pairs at once, for files whose subject is not how they are made: making them would take most of their time. */
import { afterAll, beforeAll } from 'vitest'
import oauth1 from '../../vectors/ibkr-oauth1.json' with { type: 'json' }
import oauth2 from '../../vectors/ibkr-oauth2.json' with { type: 'json' }

/** The test keys of the known answers, by their length in bits. */
const KEYS: Readonly<Record<number, readonly string[]>> = {
  2048: [
    oauth1.keys.signature.pkcs8Pem,
    oauth1.keys.encryption.pkcs8Pem,
    oauth2.keys.weak2048.pkcs8Pem,
  ],
  3072: [oauth2.keys.main3072.pkcs8Pem],
}

/** Within the file, `crypto.subtle.generateKey` gives the RSA pairs of {@link KEYS} in turn, and makes all other keys. */
export function takePreparedKeys(): void {
  const { subtle } = crypto
  const make = subtle.generateKey
  let turn = 0
  beforeAll(() => {
    subtle.generateKey = (async (
      algorithm: RsaHashedKeyGenParams,
      isExtractable: boolean,
      usages: readonly KeyUsage[],
    ) => {
      const keys = KEYS[algorithm.modulusLength]
      const pem = keys?.[turn++ % keys.length]
      if (pem === undefined) return Reflect.apply(make, subtle, [algorithm, isExtractable, usages])
      return pairOf(pem, algorithm, isExtractable)
    }) as typeof make
  })
  afterAll(() => {
    subtle.generateKey = make
  })
}

async function pairOf(
  pem: string,
  algorithm: RsaHashedKeyGenParams,
  isExtractable: boolean,
): Promise<CryptoKeyPair> {
  const { subtle } = crypto
  const der = Uint8Array.from(atob(pem.replace(/-----.*-----|\s/g, '')), (char) =>
    char.charCodeAt(0),
  )
  const privateKey = await subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
  const { kty = '', n = '', e = '' } = await subtle.exportKey('jwk', privateKey)
  const publicKey = await subtle.importKey('jwk', { kty, n, e }, algorithm, true, ['verify'])
  if (isExtractable) return { privateKey, publicKey }
  return { publicKey, privateKey: await subtle.importKey('pkcs8', der, algorithm, false, ['sign']) }
}
