/** What is refused: tampering, wrong credentials and replays, each with an error that says what to do. */
import {
  createIbkrOAuth1,
  type IbkrOAuth1ErrorCode,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import type { Sandbox } from '@isoauth/sandbox'
import { call, list } from '../authorized-call.ts'
import { clockRepair } from '../clock-repair.ts'
import { provenOnce, refused, refusedAgain, refusedUnsent } from '../expect-refusal.ts'
import type { Flow } from '../flow.ts'

const HANDSHAKE = '/oauth/live_session_token'
/** The second when the ciphertext, as a number, is too large for the wrong key: once in a dozen runs. */
const SWAPPED: readonly IbkrOAuth1ErrorCode[] = [
  'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED',
  'IBKR_OAUTH1_OPTION_INVALID',
]

export const refusals: Flow = {
  title: 'What is refused, and what is repaired',
  async run({ sandbox, steps }) {
    const credentials = sandbox.credentials.ibkr.oauth1
    const signIn = (changed: Partial<typeof credentials>) =>
      createIbkrOAuth1({ ...credentials, ...changed }).liveSessionToken()
    const { signatureKey, encryptionKey } = credentials

    await steps.run(
      'altered answer',
      () => {
        sandbox.fault({ path: HANDSHAKE, kind: 'wrong-lst-signature' })
        return refused('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', () => signIn({}))
      },
      (detail) => ({ proven: 'refused: one bit of its proof was flipped', detail }),
    )
    await steps.run(
      'wrong consumer key',
      () => refused('IBKR_OAUTH1_CONSUMER_INVALID', () => signIn({ consumerKey: 'WRONGKEYS' })),
      (detail) => ({ proven: 'refused: unknown to the server', detail }),
    )
    await steps.run(
      'keys swapped',
      () =>
        refusedUnsent(
          SWAPPED,
          () => signIn({ signatureKey: encryptionKey, encryptionKey: signatureKey }),
          { sent: () => sandbox.counts.requests, otherwise: 'A request was sent all the same.' },
        ),
      (detail) => ({ proven: 'refused before anything was sent', detail }),
    )
    await steps.run(
      'replayed request',
      async () => {
        const prepared = await prepareLiveSessionTokenRequest(credentials)
        return refusedAgain('IBKR_OAUTH1_NONCE_USED', prepared, processLiveSessionTokenResponse)
      },
      provenOnce,
    )
    await steps.run(
      'clock an hour off',
      () => repairClock(sandbox),
      (seconds) => `${seconds} s repaired with one extra request`,
    )
  },
}

/** Signs in to a server whose clock is an hour ahead; gives the repair in seconds. */
function repairClock(sandbox: Sandbox): Promise<number> {
  return clockRepair(sandbox, {
    path: '*',
    // The handshake, the call, and the one handshake that showed the difference.
    requests: 3,
    async work(onEvent) {
      const client = createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, onEvent })
      list(await call(client, '/portfolio/accounts'), 'accounts')
    },
  })
}
