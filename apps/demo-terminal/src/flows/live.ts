/** A live run: signs in with the person's own credentials and only reads. */
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { call, field, list } from '../authorized-call.ts'
import type { Flow } from '../flow.ts'
import { signInByStep } from '../handshake-steps.ts'
import type { Steps } from '../steps.ts'
import { count, maskAccount } from '../text.ts'

export interface LiveContext {
  readonly steps: Steps
}

/**
 * The brokerage session is left as it is: opening one throws the person out of others, and a logout
 * ends what other programs use.
 */
export function liveOAuth1(options: IbkrOAuth1Options): Flow<LiveContext> {
  return {
    title: 'IBKR OAuth 1.0a, first party, live and read-only',
    async run({ steps }) {
      const client = await signInByStep(steps, options)
      await steps.run(
        'portfolio/accounts',
        async () => list(await call(client, '/portfolio/accounts'), 'accounts'),
        (accounts) => {
          const ids = accounts.map((account) => maskAccount(field(account, 'accountId', 'string')))
          return {
            proven: `first authorized call: ${count(ids.length, 'account')}`,
            detail: ids.join(', '),
          }
        },
      )
    },
  }
}
