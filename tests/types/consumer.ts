/**
 * A program as a user would write it, compiled against the built declarations by the oldest and the newest TypeScript,
 * with DOM types, with Node's, and with neither. Every public name is used once; nothing of this is run.
 */
import {
  base64ToBytes,
  base64UrlToBytes,
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToBase64Url,
  bytesToHex,
  CodedError,
  CryptoError,
  type CryptoErrorCode,
  computeDhSharedSecret,
  createHmacSha256,
  DH_GROUPS,
  encodeDhParameters,
  generateDhKeyPair,
  generateRsaKeyPair,
  hasCode,
  hexToBytes,
  hmacSha1,
  type hmacSha256,
  importRsaSigningKey,
  modPow,
  parseDhParameters,
  type randomBytes,
  type SigningKey,
  signRsaSha256,
  timingSafeEqual,
  utf8ToBytes,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  decryptAccessTokenSecret,
  type IbkrOAuth1,
  IbkrOAuth1Error,
  type IbkrOAuth1Options,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import {
  authorizationHeaderValue,
  computeLiveSessionToken,
  createRequestSigner,
  percentEncode,
  signatureBaseString,
  verifyLiveSessionToken,
} from '@isoauth/ibkr-oauth1/signing'

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only where both types are the same. */
export function same<A, B>(_: Equal<A, B>): void {}

type Bytes = ReturnType<Uint8Array['slice']>

// core-crypto
same<ReturnType<typeof modPow>, bigint>(true)
same<ReturnType<typeof randomBytes>, Bytes>(true)
same<ReturnType<typeof hmacSha256>, Bytes>(true)

export async function crypto(pem: string): Promise<Bytes> {
  const parameters = parseDhParameters(encodeDhParameters(DH_GROUPS.modp2048))
  const own = generateDhKeyPair(parameters)
  const peerPublicKey = modPow(parameters.generator, 5n, parameters.prime)
  const shared = computeDhSharedSecret({ parameters, privateKey: own.privateKey, peerPublicKey })
  const key: SigningKey = async (data: Uint8Array) => data
  await signRsaSha256(await importRsaSigningKey(key), 'text')
  const decryptionKey = await importRsaDecryptionKey(pem)
  const secret: Bytes = await decryptRsaPkcs1v15(decryptionKey, base64ToBytes('AA=='))
  const prepared = createHmacSha256(secret)
  const { privateKeyPem } = await generateRsaKeyPair({ modulusBits: 2048 })
  const texts: string[] = [
    bytesToHex(secret),
    bytesToBase64(secret),
    bytesToBase64Url(secret),
    privateKeyPem,
  ]
  if (timingSafeEqual(hexToBytes(texts[0] ?? ''), base64UrlToBytes(texts[2] ?? '')))
    return prepared('data')
  return hmacSha1(bigIntToTwosComplement(shared), utf8ToBytes('text'))
}

export function errors(error: unknown): CryptoErrorCode | string | undefined {
  if (error instanceof CryptoError) return error.code
  if (error instanceof IbkrOAuth1Error) return error.code
  if (error instanceof CodedError) return error.message
  if (hasCode(error, 'IBKR_OAUTH1_RATE_LIMITED')) {
    same<typeof error.code, 'IBKR_OAUTH1_RATE_LIMITED'>(true)
    const dueMs: number | undefined = error.retryAfterMs ?? error.nextAttemptAtMs
    const known: readonly (string | undefined)[] = [error.option, error.traceId, error.message]
    return `${error.status} ${dueMs} ${known.join(' ')}`
  }
  return hasCode(error, 'CRYPTO_RSA_PADDING') ? error.code : undefined
}

// ibkr-oauth1
declare const options: IbkrOAuth1Options

export async function client(signal: AbortSignalLike): Promise<string> {
  const connection: IbkrOAuth1 = createIbkrOAuth1(options)
  const response = await connection.fetch('/portfolio/accounts', { method: 'GET' })
  const status: number = response.status
  const { token, expiresAtMs }: { token: Bytes; expiresAtMs: number } =
    await connection.liveSessionToken({})
  const header: string = await connection.authorizationHeader({
    method: 'GET',
    url: 'https://x.example/',
  })
  const stop: () => void = connection.onRenewed(() => {})
  stop()
  return `${status} ${token.length} ${expiresAtMs} ${header} ${await connection.webSocketUrl()} ${signal.aborted}`
}

interface AbortSignalLike {
  readonly aborted: boolean
}

// @ts-expect-error a consumer key is required
createIbkrOAuth1({})

// signing
export function signing(): readonly unknown[] {
  const base: string = signatureBaseString({
    method: 'GET',
    url: 'https://api.ibkr.com/v1/api/tickle',
    parameters: [['oauth_nonce', 'abc']],
  })
  const value: string = authorizationHeaderValue([['oauth_nonce', percentEncode('a b')]], {
    realm: 'test_realm',
  })
  const token: Bytes = computeLiveSessionToken({
    sharedSecret: 5n,
    accessTokenSecret: new Uint8Array(1),
  })
  const verified: boolean = verifyLiveSessionToken({
    token,
    signature: '00',
    consumerKey: 'TESTCONS',
  })
  return [
    base,
    value,
    verified,
    createRequestSigner,
    prepareLiveSessionTokenRequest,
    processLiveSessionTokenResponse,
    createIbkrOAuth1Authorization,
    decryptAccessTokenSecret,
  ]
}
