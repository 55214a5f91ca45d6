/**
 * The handshake: the client's half of the Diffie-Hellman exchange is signed and sent, the server's half
 * gives the live session token, which is refused without the server's proof.
 */
import type { PlatformAbortSignal, PlatformRequest, ReceivedAnswer } from '@isoauth/core-client'
import {
  type Bytes,
  bytesToHex,
  computeDhSharedSecret,
  type DhKeyPair,
  generateDhKeyPair,
} from '@isoauth/core-crypto'
import { differenceMs, fieldError, readAnswer } from './answer.ts'
import { aboutOption, newError } from './errors.ts'
import type { HandshakeStep, IbkrOAuth1Event } from './events.ts'
import type { KeyPairSource } from './key-pair-ahead.ts'
import { LiveSessionToken, remainingLifeMs } from './live-session-token.ts'
import { type ClockRepair, callOAuth } from './oauth-call.ts'
import { rsaSignedRequest } from './rsa-signed-request.ts'
import type { TokenSettings } from './settings.ts'
import { deriveToken, isTokenProof } from './token-derivation.ts'

/** What the answer is processed with. */
export interface Exchange {
  readonly settings: TokenSettings
  readonly keyPair: DhKeyPair
  readonly secret: Bytes
  /** What was sent and must not come back in an error. */
  readonly secrets: readonly string[]
  /** The server's time as the signer believed it, in milliseconds since 1970. */
  readonly signedAtMs: number
  /** When it was made, in milliseconds since 1970 on this machine's clock. */
  readonly requestedAtMs: number
}

/** Told each step that is done. */
export type OnStep = (step: HandshakeStep) => void

/** Obtains a live session token; a clock that is off is repaired from the answer's `Date`, once. */
export function obtainToken(
  settings: TokenSettings,
  options: {
    readonly keyPairs: KeyPairSource
    readonly repair: ClockRepair
    readonly emit: (event: IbkrOAuth1Event) => void
    readonly signal: PlatformAbortSignal
  },
): Promise<LiveSessionToken> {
  let onStep: OnStep
  let exchange: Exchange
  return callOAuth(settings, {
    ...options,
    async prepare() {
      onStep = stepTimer(options.emit)
      const prepared = await prepareHandshake(settings, onStep, { keyPair: options.keyPairs.take })
      exchange = prepared.exchange
      return prepared.request
    },
    read: (answer) => processHandshake(answer, exchange, onStep),
  })
}

/** A fresh pair of the registered group. */
export function makeKeyPair(
  { dhParameters, acceleration }: TokenSettings,
  random?: ((length: number) => Uint8Array) | undefined,
): DhKeyPair {
  return aboutOption(random === undefined ? 'dhParameters' : 'random', () =>
    generateDhKeyPair(dhParameters, { random, acceleration }),
  )
}

/** Makes and signs the client's half. */
export async function prepareHandshake(
  settings: TokenSettings,
  onStep: OnStep,
  choices: {
    /** Gives the client's half, once the secret is there. */
    readonly keyPair: () => DhKeyPair
    readonly nonce?: string | undefined
    readonly timestamp?: string | undefined
  },
): Promise<{ readonly request: PlatformRequest; readonly exchange: Exchange }> {
  const { nonce, timestamp = String(settings.clock.timestampSeconds()) } = choices
  const requestedAtMs = settings.now()
  // Read while the secret is decrypted; what is wrong with it is told where it signs.
  settings.signingKey().catch(() => {})
  const secret = await settings.secret()
  onStep('secret-decrypted')
  const keyPair = choices.keyPair()
  onStep('challenge-computed')
  const { request, secrets } = await rsaSignedRequest(settings, {
    path: '/oauth/live_session_token',
    parameters: [
      ['diffie_hellman_challenge', keyPair.publicKey.toString(16)],
      ['oauth_token', settings.accessToken],
    ],
    timestamp,
    nonce,
    prefix: bytesToHex(secret),
  })
  onStep('request-signed')
  return {
    request,
    exchange: {
      ...{ settings, keyPair, secret, secrets, requestedAtMs },
      signedAtMs: Number(timestamp) * 1000,
    },
  }
}

/** Reads the server's half, derives the token and verifies it. */
export function processHandshake(
  answer: ReceivedAnswer,
  { settings, keyPair, secret, secrets, signedAtMs, requestedAtMs }: Exchange,
  onStep: OnStep,
): LiveSessionToken {
  const { now, consumerKey, dhParameters: parameters } = settings
  const aheadMs = differenceMs(answer, signedAtMs)
  const read = readAnswer(answer, { now, differenceMs: aheadMs, secrets, causes: CAUSES_OF_401 })
  const { fields } = read
  onStep('answer-received')

  // The vendor's schema names the field like the challenge; its example and service, like this.
  const answerHex = fields['diffie_hellman_response'] ?? fields['diffie_hellman_challenge']
  if (typeof answerHex !== 'string' || !/^[0-9a-f]{1,4096}$/i.test(answerHex)) {
    throw fieldError(read, 'diffie_hellman_response', 'a hex number')
  }
  const signature = fields['live_session_token_signature']
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature)) {
    throw fieldError(read, 'live_session_token_signature', '40 hex digits')
  }
  const sharedSecret = agree({
    parameters,
    privateKey: keyPair,
    peerPublicKey: BigInt(`0x${answerHex}`),
    acceleration: settings.acceleration,
  })
  onStep('shared-secret-computed')
  const token = deriveToken(sharedSecret, secret)
  if (!isTokenProof(token, signature, consumerKey)) {
    throw newError(
      'LST_SIGNATURE_MISMATCH',
      `The server's proof of the live session token does not fit: ${CAUSES}`,
    )
  }
  onStep('token-verified')

  // The broker honours the token that was asked for last, however late its answer was read.
  const obtainedAtMs = requestedAtMs
  const expiration = fields['live_session_token_expiration']
  const lifeMs = remainingLifeMs(expiration, signedAtMs + (aheadMs || 0))
  return new LiveSessionToken(token, obtainedAtMs + lifeMs, obtainedAtMs)
}

function agree(values: Parameters<typeof computeDhSharedSecret>[0]): bigint {
  try {
    return computeDhSharedSecret(values)
  } catch {
    // Our half is sound, so the server's is not.
    throw newError(
      'DH_RESPONSE_RANGE',
      `The server's half of the exchange does not fit the prime: ${CAUSES}`,
    )
  }
}

/** Tells each step with the time since the one before. */
function stepTimer(emit: (event: IbkrOAuth1Event) => void): (step: HandshakeStep) => void {
  let last = performance.now()
  return (step) => {
    const time = performance.now()
    emit({ type: 'handshake', step, durationMs: time - last })
    last = time
  }
}

const CAUSES =
  'check that dhParameters are the registered ones, and consumerKey and accessTokenSecret those of this accessToken.'

const CAUSES_OF_401 =
  'look for swapped keys, a signatureKey or dhParameters other than the registered ones, and a newer accessToken'
