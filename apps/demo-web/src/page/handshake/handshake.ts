/**
 * The handshake as a generator: what stands between two `yield`s is one step, so that it can be run one
 * step at a time and still reads from top to bottom.
 */
import {
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToHex,
  computeDhSharedSecret,
  DH_GROUPS,
  generateDhKeyPair,
  generateRsaKeyPair,
} from '@isoauth/core-crypto'
import { createIbkrOAuth1, decryptAccessTokenSecret } from '@isoauth/ibkr-oauth1'
import {
  computeLiveSessionToken,
  createRequestSigner,
  verifyLiveSessionToken,
} from '@isoauth/ibkr-oauth1/signing'
import type { Field } from '../../trail.ts'
import { wordsOfChecks } from './check-words.ts'
import {
  type ConsumerKeys,
  makeKeys,
  type Registration,
  register,
  registrationForm,
} from './keys.ts'
import { signRequest, type UnsignedRequest, writeBaseString } from './live-session-token-request.ts'
import type { Mistake } from './mistakes.ts'
import { type Sent, send } from './send.ts'
import { type Service, StepFailed } from './service.ts'

/** What a step tells of itself. */
export interface Outcome {
  readonly said: string
  readonly verified: readonly string[]
  readonly fields: readonly Field[]
  /** Where it is not the time of the whole step that counts. */
  readonly ms?: number
}

/** What a handshake leaves behind, in the page's memory only. */
export interface HandshakeSession {
  readonly keys: ConsumerKeys
  readonly registration: Registration
  readonly secret: Uint8Array
  readonly liveSessionToken: Uint8Array
}

/** What was signed last, for the inspector; also of a handshake that failed. */
export interface LastRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly prefix: string
  readonly keys: ConsumerKeys
}

export interface HandshakeOptions extends Service {
  readonly mistake: Mistake
  readonly onRequest?: (request: LastRequest) => void
}

const HOUR_MS = 3_600_000

export async function* handshake(
  options: HandshakeOptions,
): AsyncGenerator<Outcome, HandshakeSession, void> {
  const { mistake } = options
  const keys = await makeKeys()
  const mine = await keysInUse(keys, mistake)
  yield madeKeys(keys)

  const form = registrationForm(keys)
  const registered = await register(options, form)
  yield toldRegistration(form, registered)
  const registration = {
    ...registered,
    ...(mistake === 'consumer-key-case' && { consumerKey: registered.consumerKey.toLowerCase() }),
  }

  const { accessTokenSecret } = registration
  const secret = await decryptAccessTokenSecret({
    accessTokenSecret,
    encryptionKey: mine.decryption,
  })
  yield {
    said: `RSAES-PKCS1-v1_5, which WebCrypto does not have: done in the page. ${secret.length} bytes.`,
    verified: ['the padding is right, so key and ciphertext belong together'],
    fields: [
      { name: 'Access token secret, encrypted (base64)', value: accessTokenSecret },
      { name: 'Access token secret, decrypted (hex)', value: bytesToHex(secret), secret: true },
    ],
  }

  const parameters = mistake === 'wrong-prime' ? DH_GROUPS.ffdhe2048 : keys.dhParameters
  const pair = generateDhKeyPair(parameters)
  yield {
    said: 'A = g^a mod p, from an exponent a of 256 random bits that never leaves the page.',
    verified: ['A lies in 2 … p-2'],
    fields: [
      { name: 'Exponent a (hex)', value: pair.privateKey.toString(16), secret: true },
      { name: 'Challenge A (hex)', value: pair.publicKey.toString(16) },
    ],
  }

  const nowMs = Date.now() + (mistake === 'clock-off' ? HOUR_MS : 0)
  const unsigned = writeBaseString(registration, pair, secret, nowMs)
  yield toldBaseString(unsigned)

  const { signature, authorization } = await signRequest(unsigned, registration.realm, mine.signing)
  options.onRequest?.({ ...unsigned, authorization, keys })
  yield {
    said: 'RSASSA-PKCS1-v1_5 with SHA-256; its base64 is percent-encoded into the header.',
    verified: [`${signature.length} characters of base64 for a key of 2048 bits`],
    fields: [
      { name: 'Signature (base64)', value: signature },
      { name: 'Authorization', value: authorization },
    ],
  }

  const sent = await send(options, {
    ...unsigned,
    authorization,
    baseString: `<prefix>${unsigned.baseString.slice(unsigned.prefix.length)}`,
  })
  const answer = JSON.parse(sent.text) as Record<string, string>
  yield toldAnswer(sent, 'It answered with its own half B and a proof that it knows the token.')

  const sharedSecret = computeDhSharedSecret({
    parameters,
    privateKey: pair.privateKey,
    peerPublicKey: BigInt(`0x${answer['diffie_hellman_response']}`),
  })
  yield toldSharedSecret(sharedSecret)

  const liveSessionToken = computeLiveSessionToken({ sharedSecret, accessTokenSecret: secret })
  yield {
    said: 'HMAC-SHA1 with the bytes of K as key over the decrypted secret.',
    verified: [`${liveSessionToken.length} bytes, as SHA-1 gives`],
    fields: [
      { name: 'Live session token (base64)', value: bytesToBase64(liveSessionToken), secret: true },
    ],
  }

  const proof = answer['live_session_token_signature'] ?? ''
  const { consumerKey, accessToken } = registration
  if (!verifyLiveSessionToken({ token: liveSessionToken, signature: proof, consumerKey })) {
    throw new StepFailed('The proof of the broker does not fit the token derived here.', {
      code: 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH',
      reason:
        'both sides computed another token: prime, secret, consumer key or the bytes of K differ',
      remedy:
        'Use the Diffie-Hellman parameters that were registered, and check consumer key and secret.',
    })
  }
  yield {
    said: 'HMAC-SHA1 with the token as key over the consumer key is what the broker sent.',
    verified: ['prime, exponents, secret, byte order and consumer key agree on both sides'],
    fields: [{ name: 'live_session_token_signature (hex)', value: proof }],
  }

  const url = `${registration.baseUrl}/portfolio/accounts`
  const signer = createRequestSigner({ consumerKey, accessToken, liveSessionToken })
  const called = await send(options, {
    method: 'GET',
    url,
    authorization: signer.sign({ method: 'GET', url }),
    baseString: '',
  })
  yield toldAnswer(
    called,
    'HMAC-SHA256 with the live session token; no RSA for the rest of the day.',
  )

  const again = await byTheClient(options, keys, registration)
  yield again.outcome
  // A new handshake replaces the token of the one before.
  return { keys, registration, secret, liveSessionToken: again.token }
}

/** The private keys that are used: the right ones, unless a mistake was asked for. */
async function keysInUse(
  { signature, encryption }: ConsumerKeys,
  mistake: Mistake,
): Promise<{ readonly signing: string; readonly decryption: string }> {
  const right = { signing: signature.privateKeyPem, decryption: encryption.privateKeyPem }
  if (mistake === 'swapped-keys') return { signing: right.decryption, decryption: right.signing }
  if (mistake !== 'wrong-signature-key') return right
  return { ...right, signing: (await generateRsaKeyPair()).privateKeyPem }
}

function madeKeys({ signature, encryption, dhParametersPem }: ConsumerKeys): Outcome {
  return {
    said: 'Two RSA pairs of 2048 bits by WebCrypto, one to sign and one to decrypt, and a Diffie-Hellman group.',
    verified: ['the private halves stay in this page'],
    fields: [
      { name: 'Signature key, public', value: signature.publicKeyPem },
      { name: 'Signature key, private', value: signature.privateKeyPem, secret: true },
      { name: 'Encryption key, public', value: encryption.publicKeyPem },
      { name: 'Encryption key, private', value: encryption.privateKeyPem, secret: true },
      { name: 'Diffie-Hellman parameters', value: dhParametersPem },
    ],
  }
}

function toldRegistration(
  form: Readonly<Record<string, string>>,
  registration: Registration,
): Outcome {
  return {
    said: 'The portal takes public keys only. It hands out a consumer key and an access token with its secret, encrypted.',
    verified: [
      `consumer ${registration.consumerKey} is registered`,
      'the secret is encrypted to the encryption key',
    ],
    fields: [
      { name: 'Sent', value: JSON.stringify(form, null, 2) },
      { name: 'Answer', value: JSON.stringify(registration, null, 2) },
    ],
  }
}

function toldBaseString({ prefix, baseString, parameters }: UnsignedRequest): Outcome {
  return {
    said: 'The decrypted secret in hex, then method, address and sorted parameters, each percent-encoded once.',
    verified: ['realm and signature are not part of it'],
    fields: [
      ...parameters.map(([name, value]) => ({ name, value })),
      { name: 'Base string behind the prefix', value: baseString.slice(prefix.length) },
      { name: 'Base string, complete', value: baseString, secret: true },
    ],
  }
}

function toldAnswer({ status, text, judgement, ms }: Sent, said: string): Outcome {
  return {
    said,
    ms,
    verified: wordsOfChecks(judgement.passed),
    fields: [{ name: `Answer, status ${status}`, value: text }],
  }
}

function toldSharedSecret(sharedSecret: bigint): Outcome {
  const bytes = bigIntToTwosComplement(sharedSecret)
  const led = bytes[0] === 0
  return {
    said: led
      ? `K = B^a mod p, in ${bytes.length} bytes: its top bit is set, so a zero byte leads them.`
      : `K = B^a mod p, in ${bytes.length} bytes: its top bit is clear, so no zero byte leads them.`,
    verified: ['B lies in 2 … p-2'],
    fields: [{ name: 'Shared secret K (hex)', value: bytesToHex(bytes), secret: true }],
  }
}

/** What a client is made with that has the keys and what the portal gave. */
export function optionsOf({ keys, registration }: Pick<HandshakeSession, 'keys' | 'registration'>) {
  return {
    ...registration,
    signatureKey: keys.signature.privateKeyPem,
    encryptionKey: keys.encryption.privateKeyPem,
    dhParameters: keys.dhParametersPem,
  }
}

async function byTheClient(
  { fetch }: Service,
  keys: ConsumerKeys,
  registration: Registration,
): Promise<{ readonly outcome: Outcome; readonly token: Uint8Array }> {
  const client = createIbkrOAuth1({
    ...optionsOf({ keys, registration }),
    fetch: (input, init) => fetch(input as string, init as RequestInit),
  })
  const response = (await client.fetch('/portfolio/accounts')) as Response
  const text = await response.text()
  if (response.status !== 200) {
    throw new StepFailed(`The client was answered ${response.status}.`, {
      answered: `${response.status}, refused`,
    })
  }
  const outcome = {
    said: 'createIbkrOAuth1 with the same keys does steps 3 to 11 in one call of its fetch.',
    verified: ['a new live session token, verified, and an authorized call'],
    fields: [{ name: 'Answer, status 200', value: text }],
  }
  return { outcome, token: (await client.liveSessionToken()).token }
}
