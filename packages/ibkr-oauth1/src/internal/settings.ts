/**
 * The options, checked when given: who signs, where it goes, and what signs in for one access token.
 * Keys are imported and the secret decrypted once, at first use, before anything is sent.
 */
import {
  type BaseUrl,
  type Clock,
  copyKey,
  createClock,
  createOptionReader,
  type FetchFunction,
  followSigner,
  type OptionReader,
  readDurationMs,
  readFunction,
  readNow,
  readText,
  readUrl,
  readUserAgent,
  readWord,
} from '@isoauth/core-client'
import {
  type Acceleration,
  type Bytes,
  type DhParameters,
  importRsaSigningKey,
  parseDhParameters,
  type RsaSigningKey,
  type SigningKey,
  signRsaSha256,
} from '@isoauth/core-crypto'
import {
  ACCELERATIONS,
  decodeSecret,
  decryptSecret,
  type EncryptionKey,
  readDecryptedSecret,
} from './access-token-secret.ts'
import { requireRealm } from './authorization-header.ts'
import { aboutOption, newError } from './errors.ts'
import { createNonceSource } from './protocol-parameters.ts'

/** Where the OAuth parameters travel: in the `Authorization` header, or as a JSON body (legacy base). */
export type ParameterTransport = 'header' | 'json-body'

/** The consumer and the key that signs for it. */
export interface ConsumerOptions {
  /** As the broker stores it: upper case, usually nine letters. */
  readonly consumerKey: string
  /** The RSA private key registered for signatures, or a function that signs (KMS, HSM). */
  readonly signatureKey: SigningKey
}

/** Where requests go and how they introduce themselves. */
export interface EndpointOptions {
  /** Default: `https://api.ibkr.com/v1/api`. Legacy: `https://www.interactivebrokers.com/tradingapi/v1`. */
  readonly baseUrl?: string | undefined
  /** The base that the broker sees, where requests travel through a proxy at `baseUrl`. Default: `baseUrl`. */
  readonly signingBaseUrl?: string | undefined
  /** Default: `limited_poa`; `test_realm` for the consumer `TESTCONS` only. */
  readonly realm?: string | undefined
  /** Where the OAuth parameters of `/oauth/…` requests travel. Default: `header`. */
  readonly parameterTransport?: ParameterTransport | undefined
  /** Sent outside of browsers; the broker's edge refuses requests without one. Default: `isoauth`. */
  readonly userAgent?: string | undefined
}

/** How requests are sent. */
export interface SendOptions {
  /** Used like the platform's `fetch`, which is the default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Milliseconds for a whole token call, or until the headers of other answers. Default: 20000. */
  readonly timeoutMs?: number | undefined
}

// Of two that fit alike, compilers tell what the last one lacks: so the usual way is the last one, here and below.

/** The secret, already decrypted: in place of `accessTokenSecret` and `encryptionKey`. */
export interface DecryptedSecret {
  /** The decrypted secret: bytes or hex, as `decryptAccessTokenSecret` gives it. */
  readonly decryptedAccessTokenSecret: Uint8Array | string
  /** Left out: `decryptedAccessTokenSecret` stands in its place. */
  readonly accessTokenSecret?: undefined
  /** Left out: `decryptedAccessTokenSecret` stands in its place. */
  readonly encryptionKey?: undefined
}

/** The secret as the broker's page shows it, with the key that opens it: the usual way. */
export interface EncryptedSecret {
  /** Base64 of the encrypted secret, as the broker's page shows it. */
  readonly accessTokenSecret: string
  /** The RSA private key registered for encryption: PEM (PKCS#1 or PKCS#8), DER, JWK, extractable `CryptoKey`. */
  readonly encryptionKey: EncryptionKey
  /** Left out: `accessTokenSecret` and `encryptionKey` stand in its place. */
  readonly decryptedAccessTokenSecret?: undefined
}

/** The secret: encrypted, with the key that opens it, or already decrypted. */
export type SecretOptions = DecryptedSecret | EncryptedSecret

/** The consumer with its access token, the secret left out. */
export interface AccessTokenOptions extends ConsumerOptions {
  /** As the broker's page shows it. */
  readonly accessToken: string
  /** The registered Diffie-Hellman parameters: PEM, DER, the prime in hex, or parsed. */
  readonly dhParameters: string | Uint8Array | DhParameters
  /**
   * `auto`: native code decrypts the secret on Node and Bun and computes the powers of the key exchange on
   * Node, after a known answer at first use; elsewhere our own arithmetic does. `portable`: our own
   * everywhere. Default: `auto`.
   */
  readonly acceleration?: Acceleration | undefined
}

/** What signs in for one access token. */
export type CredentialOptions = AccessTokenOptions & SecretOptions

/** The checked options of a consumer, with its clock and its nonces. */
export interface ConsumerSettings {
  readonly newError: typeof newError
  readonly consumerKey: string
  readonly signingKey: () => Promise<RsaSigningKey>
  readonly base: BaseUrl
  readonly signingBase: BaseUrl
  readonly realm: string
  readonly parameterTransport: ParameterTransport
  readonly userAgent: string
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly timeoutMs: number
  readonly clock: Clock
  readonly nextNonce: () => string
}

/** The settings of a consumer with the credentials of one access token. */
export interface TokenSettings extends ConsumerSettings {
  readonly accessToken: string
  readonly dhParameters: DhParameters
  readonly acceleration: Acceleration
  readonly secret: () => Promise<Bytes>
}

/** The broker's consumer for tests, alone in its realm. */
const TEST_CONSUMER = 'TESTCONS'
const TEST_REALM = 'test_realm'

/** Makes the reader of this package's options. */
export function readOptions<O extends object>(options: O | undefined): OptionReader<O> {
  return createOptionReader(options, newError)
}

/** Checks what all calls of a consumer need, all that can be checked without waiting. */
export function checkConsumer(
  options: ConsumerOptions & EndpointOptions & SendOptions,
): ConsumerSettings {
  const read = readOptions(options)
  requireKey(read, 'signatureKey')
  const signer = followSigner(copyKey(options.signatureKey), 'signatureKey', newError)
  const realm = read.value('realm', 'limited_poa')
  if ((read.value('consumerKey') === TEST_CONSUMER) !== (realm === TEST_REALM)) {
    read.refuse('realm', `'${TEST_REALM}' for the consumer ${TEST_CONSUMER}, and for no other`)
  }
  const now = readNow(read)
  const base = readUrl(read, 'baseUrl', 'https://api.ibkr.com/v1/api')
  return {
    newError: signer.newError,
    consumerKey: readText(read, 'consumerKey', 'the text that the portal shows, in upper case'),
    signingKey: once(() => aboutOption('signatureKey', () => importRsaSigningKey(signer.key))),
    base,
    signingBase: readUrl(read, 'signingBaseUrl', base.href),
    realm: requireRealm(realm),
    parameterTransport: readWord(read, 'parameterTransport', ['header', 'json-body']),
    userAgent: readUserAgent(read),
    fetch: readFunction(read, 'fetch'),
    now,
    timeoutMs: readDurationMs(read, 'timeoutMs', 20_000),
    clock: createClock(now),
    nextNonce: createNonceSource(),
  }
}

/** Checks what signs in for one access token, all that can be checked without waiting. */
export function checkToken(
  options: CredentialOptions & EndpointOptions & SendOptions,
): TokenSettings {
  const consumer = checkConsumer(options)
  const read = readOptions(options)
  const acceleration = readWord(read, 'acceleration', ACCELERATIONS)
  return {
    ...consumer,
    accessToken: readText(read, 'accessToken', 'the text that the portal shows'),
    dhParameters: aboutOption('dhParameters', () =>
      parseDhParameters(read.value('dhParameters'), { acceleration }),
    ),
    acceleration,
    secret: readSecret(read, acceleration),
  }
}

/** Signs a text; a key that cannot sign, and what a signing function gives in place of a signature, is told of the option. */
export function signWithKey({ signingKey }: ConsumerSettings, text: string): Promise<Bytes> {
  return aboutOption('signatureKey', async () => signRsaSha256(await signingKey(), text))
}

/**
 * What tells these credentials from others of the same access token. The signature over a fixed text, which
 * no service asks for, stands for the key, which cannot be read where it is not extractable.
 */
export async function credentialsOf(
  settings: TokenSettings,
): Promise<readonly (string | Uint8Array)[]> {
  const { secret, dhParameters } = settings
  const signature = await signWithKey(settings, 'isoauth: which key is this?')
  return [signature, await secret(), dhParameters.prime.toString(16)]
}

function readSecret(
  read: OptionReader<SecretOptions>,
  acceleration: Acceleration,
): () => Promise<Bytes> {
  const decrypted = read.value('decryptedAccessTokenSecret')
  if (decrypted === undefined) {
    const ciphertext = decodeSecret(read.value('accessTokenSecret'))
    requireKey(read, 'encryptionKey')
    const encryptionKey = copyKey(read.value('encryptionKey') as EncryptionKey)
    return once(() => decryptSecret(ciphertext, encryptionKey, acceleration))
  }
  const isDouble = [read.value('accessTokenSecret'), read.value('encryptionKey')].some(
    (value) => value !== undefined,
  )
  if (isDouble) {
    read.refuse(
      'decryptedAccessTokenSecret',
      'given without accessTokenSecret and encryptionKey, in whose place it stands',
    )
  }
  const secret = readDecryptedSecret(decrypted)
  return async () => secret
}

/** A first look at a key: refuses what can be none at all; the rest shows when it is imported. */
function requireKey<Name extends string>(
  read: OptionReader<Readonly<Partial<Record<Name, unknown>>>>,
  option: Name,
): void {
  const key: unknown = read.value(option)
  const isThere = typeof key === 'string' ? key.trim() !== '' : Object(key) === key
  if (!isThere)
    read.refuse(option, 'an RSA private key, such as the PEM that openssl genrsa 2048 writes')
}

/** Runs work at the first call and keeps what comes of it, a failure too: a wrong key stays wrong. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
