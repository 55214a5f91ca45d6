/**
 * What signs in for one access token: checked when given, the secret decrypted once, at first use.
 */
import { requireText } from '@isoauth/core-client'
import { type Bytes, type DhParameters, parseDhParameters } from '@isoauth/core-crypto'
import {
  decodeSecret,
  decryptSecret,
  type EncryptionKey,
  readDecryptedSecret,
} from '../access-token-secret.ts'
import { aboutOption } from './about-option.ts'
import { once } from './once.ts'
import { raise, refuse } from './raise.ts'
import { requireKey } from './require-key.ts'
import {
  type ConsumerOptions,
  checkSession,
  type EndpointOptions,
  type SendOptions,
  type Session,
} from './session.ts'

/** The secret: encrypted, with the key that opens it, or already decrypted. */
export type SecretOptions =
  | {
      /** Base64 of the encrypted secret, as the broker's page shows it. */
      readonly accessTokenSecret: string
      /** The RSA private key registered for encryption: PEM (PKCS#1 or PKCS#8), DER, JWK, extractable `CryptoKey`. */
      readonly encryptionKey: EncryptionKey
      readonly decryptedAccessTokenSecret?: undefined
    }
  | {
      /** The decrypted secret: bytes or hex, as `decryptAccessTokenSecret` gives it. */
      readonly decryptedAccessTokenSecret: Uint8Array | string
      readonly accessTokenSecret?: undefined
      readonly encryptionKey?: undefined
    }

/** What signs in for one access token. */
export type CredentialOptions = ConsumerOptions &
  SecretOptions & {
    /** As the broker's page shows it. */
    readonly accessToken: string
    /** The registered Diffie-Hellman parameters: PEM, DER, the prime in hex, or parsed. */
    readonly dhParameters: string | Uint8Array | DhParameters
  }

/** A session with the credentials of one access token. */
export interface TokenSession extends Session {
  readonly accessToken: string
  readonly dhParameters: DhParameters
  /** Decrypted at first use, before anything is sent. */
  readonly secret: () => Promise<Bytes>
}

/** Checks options, all that can be checked without waiting. */
export function checkTokenSession(
  options: CredentialOptions & EndpointOptions & SendOptions,
): TokenSession {
  const session = checkSession(options)
  const { accessToken, dhParameters } = options
  return {
    ...session,
    accessToken: requireText(raise, 'accessToken', accessToken, 'the text that the portal shows'),
    dhParameters: readDhParameters(dhParameters),
    secret: readSecret(options),
  }
}

function readSecret(options: SecretOptions): () => Promise<Bytes> {
  const { accessTokenSecret, encryptionKey, decryptedAccessTokenSecret } = options
  if (decryptedAccessTokenSecret === undefined) {
    const ciphertext = decodeSecret(accessTokenSecret)
    requireKey('encryptionKey', encryptionKey)
    return once(() => decryptSecret(ciphertext, encryptionKey as EncryptionKey))
  }
  if (accessTokenSecret !== undefined || encryptionKey !== undefined) {
    refuse('decryptedAccessTokenSecret', 'without accessTokenSecret and encryptionKey')
  }
  const secret = readDecryptedSecret(decryptedAccessTokenSecret)
  return async () => secret
}

function readDhParameters(input: CredentialOptions['dhParameters']): DhParameters {
  const isParsed = 'prime' in Object(input)
  return isParsed
    ? { ...(input as DhParameters) }
    : aboutOption('dhParameters', () => parseDhParameters(input as string | Uint8Array))
}
