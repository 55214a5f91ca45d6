/** A live session token, with each step of the handshake printed as the client tells of it. */
import {
  createIbkrOAuth1,
  type HandshakeStep,
  type IbkrOAuth1,
  type IbkrOAuth1Options,
} from '@isoauth/ibkr-oauth1'
import type { Steps } from './steps.ts'
import { offBy } from './text.ts'

interface Row {
  readonly step: HandshakeStep
  readonly name: string
  readonly proven: string
}

/** In the order in which they happen. */
const ROWS: readonly Row[] = [
  {
    step: 'secret-decrypted',
    name: 'secret decrypted',
    proven: 'with the encryption key; not shown',
  },
  {
    step: 'challenge-computed',
    name: 'Diffie-Hellman',
    proven: 'challenge from a fresh random exponent',
  },
  {
    step: 'request-signed',
    name: 'request signed',
    proven: 'RSA-SHA256, with the secret prepended',
  },
  {
    step: 'answer-received',
    name: 'answer received',
    proven: 'signature, nonce and time were accepted',
  },
  {
    step: 'shared-secret-computed',
    name: 'shared secret',
    proven: "the server's value is in 2 ... p-2",
  },
  {
    step: 'token-verified',
    name: 'server verified',
    proven: 'its HMAC-SHA1 fits the token derived here',
  },
]

/**
 * Makes a client and lets it sign in.
 *
 * @throws FlowStopped when a step failed, which is printed then
 */
export async function signInByStep(steps: Steps, options: IbkrOAuth1Options): Promise<IbkrOAuth1> {
  let start = performance.now()
  let next = 0
  // Whoever gives the secret decrypted has that step behind them.
  const rows = ROWS.slice(options.decryptedAccessTokenSecret === undefined ? 0 : 1)
  try {
    const client = createIbkrOAuth1({
      ...options,
      onEvent(event) {
        options.onEvent?.(event)
        if (event.type === 'clock-repaired') {
          steps.done('clock repaired', offBy(event.differenceMs), performance.now() - start)
        }
        if (event.type !== 'handshake') return
        const index = rows.findIndex(({ step }) => step === event.step)
        const row = rows[index]
        if (row !== undefined) steps.done(row.name, row.proven, event.durationMs)
        next = index + 1
        start = performance.now()
      },
    })
    const { token, expiresAtMs } = await client.liveSessionToken()
    const hours = ((expiresAtMs - Date.now()) / 3_600_000).toFixed(1)
    steps.done(
      'live session token',
      `${token.length} bytes, not shown; good for ${hours} h`,
      performance.now() - start,
    )
    return client
  } catch (error) {
    return steps.fail(rows[next]?.name ?? 'live session token', error, performance.now() - start)
  }
}
