/** Credentials of a sandbox: fresh ones each run, or a set that was made before. */

import { type Bytes, fromBase64, randomBytes, randomHex, toBase64 } from '../crypto/bytes.ts'
import { MODP_2048, readDhParameters, writeDhParameters } from '../crypto/dh.ts'
import {
  decryptPkcs1v15,
  encryptPkcs1v15,
  generateRsaKeyPair,
  type RsaPublicKey,
  readPublicHalf,
  readRsaPrivateKey,
} from '../crypto/rsa.ts'
import { optionError } from '../errors.ts'
import type { ConsumerKeys } from './consumer.ts'

/** What a first-party client of the OAuth 1.0a service is configured with. */
export interface IbkrOAuth1Credentials {
  /** The sandbox's origin with `/v1/api`. */
  readonly baseUrl: string
  readonly realm: string
  readonly consumerKey: string
  readonly accessToken: string
  /** Base64 of the RSAES-PKCS1-v1_5 ciphertext. */
  readonly accessTokenSecret: string
  /** PEM private keys. */
  readonly signatureKey: string
  readonly encryptionKey: string
  /** PEM, and its prime in lower-case hex. */
  readonly dhParameters: string
  readonly dhPrime: string
}

/** What a third-party client is configured with; keys and parameters are those of the first party. */
export interface IbkrOAuth1ThirdPartyCredentials {
  readonly baseUrl: string
  /** Base of the older API. */
  readonly legacyBaseUrl: string
  /** Address of the consent page. */
  readonly authorizeUrlBase: string
  readonly realm: string
  readonly consumerKey: string
  /** The registered callback URL. */
  readonly callback: string
  readonly signatureKey: string
  readonly encryptionKey: string
  readonly dhParameters: string
  readonly dhPrime: string
}

/** Credentials together with what the server keeps of them. */
export interface ProvisionedCredentials {
  readonly credentials: Omit<IbkrOAuth1Credentials, 'baseUrl'>
  readonly keys: ConsumerKeys
  readonly secret: Bytes
  /** Consumer key of the ready-made third party. */
  readonly thirdPartyKey: string
}

/** A consumer key of nine capital letters that begins with SANDBOX. */
function freshConsumerKey(taken: (key: string) => boolean): string {
  for (;;) {
    const letters = [...randomBytes(2)].map((byte) => String.fromCharCode(65 + (byte % 26)))
    const key = `SANDBOX${letters.join('')}`
    if (!taken(key)) return key
  }
}

export function freshToken(): string {
  return `SANDBOX${randomHex(7).slice(0, 13)}`
}

export async function createCredentials(
  dhParametersPem: string | undefined,
): Promise<ProvisionedCredentials> {
  const [signature, encryption] = await Promise.all([generateRsaKeyPair(), generateRsaKeyPair()])
  const dhParameters = dhParametersPem ?? writeDhParameters(MODP_2048)
  const encryptionKey = await readRsaPrivateKey(encryption.privateKeyPem)
  const secret = randomBytes(20)
  return provisionCredentials({
    realm: 'limited_poa',
    consumerKey: freshConsumerKey(() => false),
    accessToken: freshToken(),
    accessTokenSecret: toBase64(encryptPkcs1v15(encryptionKey as RsaPublicKey, secret)),
    signatureKey: signature.privateKeyPem,
    encryptionKey: encryption.privateKeyPem,
    dhParameters,
    dhPrime: '',
  })
}

/** The broker's consumer for tests, alone in its realm. */
const TEST_CONSUMER = 'TESTCONS'

/** Checks a set of credentials and derives the server's side of it; a `secret` that is known is not decrypted. */
export async function provisionCredentials(
  given: Omit<IbkrOAuth1Credentials, 'baseUrl'>,
  known?: { readonly secret: Bytes },
): Promise<ProvisionedCredentials> {
  for (const field of ['realm', 'consumerKey', 'accessToken'] as const) {
    if (typeof given[field] !== 'string' || given[field] === '') {
      throw optionError(`credentials.ibkr.oauth1.${field}`, 'a non-empty string is required')
    }
  }
  const ownRealm = given.consumerKey === TEST_CONSUMER ? 'test_realm' : 'limited_poa'
  if ((given.consumerKey === TEST_CONSUMER) !== (given.realm === 'test_realm')) {
    throw optionError('credentials.ibkr.oauth1.realm', `${ownRealm} is the realm of this consumer`)
  }
  const dhParameters = readDhParameters(String(given.dhParameters))
  if (typeof dhParameters === 'string') throw optionError('dhParameters', dhParameters)
  const { signatureKey, encryptionKey, secret } = known
    ? { ...(await publicHalves(given)), ...known }
    : await privateKeys(given)
  const { realm, consumerKey, accessToken, accessTokenSecret } = given
  return {
    credentials: {
      realm,
      consumerKey,
      accessToken,
      accessTokenSecret,
      signatureKey: given.signatureKey,
      encryptionKey: given.encryptionKey,
      dhParameters: given.dhParameters,
      dhPrime: dhParameters.prime.toString(16),
    },
    keys: { signatureKey, encryptionKey, dhParameters },
    secret,
    thirdPartyKey: freshConsumerKey((key) => key === consumerKey),
  }
}

type KeyTexts = Pick<IbkrOAuth1Credentials, 'signatureKey' | 'encryptionKey' | 'accessTokenSecret'>

async function privateKeys(given: KeyTexts) {
  const signatureKey = await readKey('signatureKey', given.signatureKey, readRsaPrivateKey)
  const encryptionKey = await readKey('encryptionKey', given.encryptionKey, readRsaPrivateKey)
  const ciphertext = fromBase64(String(given.accessTokenSecret))
  const secret = ciphertext && decryptPkcs1v15(encryptionKey, ciphertext)
  if (!secret) {
    throw optionError(
      'credentials.ibkr.oauth1.accessTokenSecret',
      'base64 of a secret encrypted to the encryption key is required',
    )
  }
  return { signatureKey, encryptionKey, secret }
}

async function publicHalves({ signatureKey, encryptionKey }: KeyTexts) {
  return {
    signatureKey: await readKey('signatureKey', signatureKey, readPublicHalf),
    encryptionKey: await readKey('encryptionKey', encryptionKey, readPublicHalf),
  }
}

async function readKey<Key extends object>(
  field: string,
  pem: string,
  read: (text: string) => Promise<Key | string>,
): Promise<Key> {
  const key = await read(String(pem))
  if (typeof key === 'string') throw optionError(`credentials.ibkr.oauth1.${field}`, key)
  return key
}
