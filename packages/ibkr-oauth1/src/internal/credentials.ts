/**
 * Credentials: checked when given, keys imported and the secret decrypted once, at first use.
 */
import { refuseOption, requireText } from '@isoauth/core-client'
import {
  type Bytes,
  type DhParameters,
  importRsaSigningKey,
  parseDhParameters,
  type RsaSigningKey,
  type SigningKey,
} from '@isoauth/core-crypto'
import {
  decodeSecret,
  decryptAccessTokenSecret,
  type EncryptionKey,
  readDecryptedSecret,
} from '../access-token-secret.ts'
import { raise } from './raise.ts'
import { wrapCryptoError } from './wrap-crypto-error.ts'

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

/** The consumer and the key that signs for it. */
export interface ConsumerOptions {
  /** As the broker stores it: upper case, usually nine letters. */
  readonly consumerKey: string
  /** The RSA private key registered for signatures, or a function that signs (KMS, HSM). */
  readonly signatureKey: SigningKey
}

/** What signs in for one access token. */
export type CredentialOptions = ConsumerOptions &
  SecretOptions & {
    /** As the broker's page shows it. */
    readonly accessToken: string
    /** The registered Diffie-Hellman parameters: PEM, DER, the prime in hex, or parsed. */
    readonly dhParameters: string | Uint8Array | DhParameters
  }

/** Checked credentials of a consumer. */
export interface Consumer {
  readonly consumerKey: string
  /** Imported at first use, before anything is sent. */
  signingKey(): Promise<RsaSigningKey>
}

/** Checked credentials. */
export interface Credentials extends Consumer {
  readonly accessToken: string
  readonly dhParameters: DhParameters
  /** Decrypted at first use, before anything is sent. */
  secret(): Promise<Bytes>
}

/** Checks the consumer. */
export function checkConsumer(options: ConsumerOptions): Consumer {
  const consumerKey = requireText(raise, 'consumerKey', options.consumerKey, {
    form: 'the consumer key as the broker stores it: upper case, without blanks',
    remedy: 'The self-service portal (or the onboarding mail) shows it.',
  })
  const { signatureKey } = options
  requireKey('signatureKey', signatureKey, 'or a function that signs')
  const signingKey = once(async () => {
    try {
      return await importRsaSigningKey(signatureKey)
    } catch (error) {
      throw wrapCryptoError('signatureKey', error)
    }
  })
  return { consumerKey, signingKey }
}

/** Checks everything that can be checked without waiting. */
export function checkCredentials(options: CredentialOptions): Credentials {
  return {
    ...checkConsumer(options),
    accessToken: requireText(raise, 'accessToken', options.accessToken, {
      form: "the access token as the broker's page shows it, without blanks",
      remedy: 'Generate it in the self-service portal, or by createIbkrOAuth1Authorization.',
    }),
    dhParameters: readDhParameters(options.dhParameters),
    secret: readSecret(options),
  }
}

function readSecret(options: CredentialOptions): () => Promise<Bytes> {
  const { accessTokenSecret, encryptionKey, decryptedAccessTokenSecret } = options
  if (decryptedAccessTokenSecret !== undefined) {
    if (accessTokenSecret !== undefined || encryptionKey !== undefined) {
      const form = 'given without accessTokenSecret and encryptionKey, or left out'
      refuseOption(raise, 'decryptedAccessTokenSecret', 'both ways of giving the secret', { form })
    }
    const secret = readDecryptedSecret(decryptedAccessTokenSecret)
    return async () => secret
  }
  decodeSecret(accessTokenSecret)
  requireKey('encryptionKey', encryptionKey, '')
  return once(() => decryptAccessTokenSecret({ accessTokenSecret, encryptionKey }))
}

function readDhParameters(input: CredentialOptions['dhParameters']): DhParameters {
  const isParsed = typeof input === 'object' && input !== null && 'prime' in input
  if (isParsed) return { prime: input.prime, generator: input.generator }
  try {
    return parseDhParameters(input)
  } catch (error) {
    throw wrapCryptoError('dhParameters', error)
  }
}

function requireKey(option: string, key: unknown, otherForm: string): void {
  const isThere = typeof key === 'string' ? key.trim() !== '' : key !== undefined && key !== null
  if (isThere && !['number', 'boolean', 'bigint', 'symbol'].includes(typeof key)) return
  refuseOption(raise, option, isThere ? `a ${typeof key}` : 'nothing', {
    form: `an RSA private key: PEM text, DER bytes, JWK or CryptoKey ${otherForm}`.trim(),
    remedy: 'Make one with: openssl genrsa -out private.pem 2048',
  })
}

/** Runs work at the first call and keeps what comes of it. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
