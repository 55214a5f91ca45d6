/** Credentials of the OAuth 2.0 client: fresh ones each run, or a set that was made before. */

import { bitLength } from '../crypto/arithmetic.ts'
import { randomHex } from '../crypto/bytes.ts'
import {
  generateRsaKeyPair,
  type RsaPublicKey,
  readRsaPrivateKey,
  readRsaPublicKey,
} from '../crypto/rsa.ts'
import { optionError } from '../errors.ts'
import { FIRST_USER } from '../ibkr-api/sign-in.ts'
import { readIpAddress } from '../ip-address.ts'

/** What a client of the OAuth 2.0 service is configured with. */
export interface IbkrOAuth2Credentials {
  /** The sandbox's origin. */
  readonly baseUrl: string
  readonly clientId: string
  /** `kid` of the key. */
  readonly keyId: string
  /** PEM (PKCS#8) of an RSA key of 3072 bits. */
  readonly privateKey: string
  /** User name that SSO sessions are opened for. */
  readonly credential: string
  /** The address that the sandbox takes its callers to have, unless they connect from elsewhere. */
  readonly ip: string
}

/** A further public key of the client, under its own id. */
export interface IbkrOAuth2PublicKey {
  readonly keyId: string
  /** PEM. */
  readonly publicKey: string
}

/** Credentials together with the client's public keys, by `kid`. */
export interface ProvisionedOAuth2 {
  readonly credentials: Omit<IbkrOAuth2Credentials, 'baseUrl'>
  readonly keys: ReadonlyMap<string, RsaPublicKey>
}

/** The smallest RSA key the broker takes, in bits. */
const MIN_BITS = 3072

export async function createOAuth2Credentials(): Promise<Omit<IbkrOAuth2Credentials, 'baseUrl'>> {
  const { privateKeyPem } = await generateRsaKeyPair(MIN_BITS)
  return {
    clientId: `SANDBOX-${randomHex(4)}`,
    keyId: 'SANDBOX-main',
    privateKey: privateKeyPem,
    credential: FIRST_USER.username,
    ip: '127.0.0.1',
  }
}

/** Checks a set of credentials. */
export async function provisionOAuth2(
  given: Omit<IbkrOAuth2Credentials, 'baseUrl'>,
  further: readonly IbkrOAuth2PublicKey[],
  readKey: (pem: string) => Promise<RsaPublicKey | string> = readRsaPrivateKey,
): Promise<ProvisionedOAuth2> {
  const name = (field: string) => `credentials.ibkr.oauth2.${field}`
  for (const field of ['clientId', 'keyId', 'credential'] as const) {
    if (typeof given[field] !== 'string' || given[field] === '') {
      throw optionError(name(field), 'a non-empty string is required')
    }
  }
  if (readIpAddress(given.ip) === undefined) {
    throw optionError(name('ip'), 'one IPv4 or IPv6 address is required')
  }
  const own = await readKey(String(given.privateKey))
  const keys = new Map([[given.keyId, longEnough(name('privateKey'), own)]])
  for (const { keyId, publicKey } of further) {
    if (typeof keyId !== 'string' || keyId === '' || keys.has(keyId)) {
      throw optionError('oauth2PublicKeys', 'each keyId is a non-empty string of its own')
    }
    const key = await readRsaPublicKey(String(publicKey))
    keys.set(keyId, longEnough('oauth2PublicKeys', key))
  }
  const { clientId, keyId, privateKey, credential, ip } = given
  return { credentials: { clientId, keyId, privateKey, credential, ip }, keys }
}

function longEnough(option: string, key: RsaPublicKey | string): RsaPublicKey {
  if (typeof key === 'string') throw optionError(option, key)
  const bits = bitLength(key.modulus)
  if (bits < MIN_BITS)
    throw optionError(option, `the key has ${bits} bits; ${MIN_BITS} are required`)
  return key
}
