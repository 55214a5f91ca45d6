/** SSO: from the access token of a firm to the session of a user, and to a link for their browser. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, withLandingAction } from '@isoauth/ibkr-sso'
import { call, expect, field, list, post } from '../authorized-call.ts'
import type { Flow } from '../flow.ts'
import { openLink } from '../portal.ts'
import { count } from '../text.ts'

const SCOPE = ['sso-sessions.write', 'sso-browser-sessions.write']

export const sso: Flow = {
  title: 'IBKR SSO: a session of a user, and a link for their browser',
  async run({ sandbox, steps }) {
    const { baseUrl, credential, ip, ...firm } = sandbox.credentials.ibkr.oauth2
    const client = createIbkrSso({
      oauth2: createIbkrOAuth2({ ...firm, baseUrl, scope: SCOPE }),
      baseUrl,
    })
    const session = await steps.run(
      'SSO session',
      () => client.createSession({ credential, ip }),
      'for a user, by a JWT that the firm signed',
    )
    await steps.run(
      'portfolio/accounts',
      async () => list(await call(session, '/portfolio/accounts'), 'accounts'),
      (accounts) => `first call with the SSO bearer: ${count(accounts.length, 'account')}`,
    )
    await steps.run(
      'tickle',
      async () => {
        const { ssoExpires } = (await post(session, '/tickle')) as { ssoExpires?: unknown }
        expect(Number(ssoExpires) > 0, 'The session is about to end.')
        return Number(ssoExpires) / 60_000
      },
      (minutes) => `kept alive for ${minutes.toFixed(1)} min`,
    )
    await steps.run(
      'logout',
      async () => {
        const answer = await post(session, '/logout')
        expect(field(answer, 'status', 'boolean'), 'The session did not end.')
        const { status } = await session.fetch('/portfolio/accounts')
        expect(status === 401, 'The bearer still opens the accounts.')
      },
      'session ended: its bearer opens nothing',
    )
    const url = await steps.run(
      'browser link',
      async () => {
        const link = await client.createBrowserSession({ credential, ip })
        return withLandingAction(link.url, 'TransferFunds', { type: 'DEPOSIT' })
      },
      'for one address and a minute; not shown',
    )
    await steps.run(
      'link opened',
      async () => {
        const { user, action } = await openLink(url)
        expect(user === credential, 'Somebody else was signed in.')
        expect(action === 'TransferFunds', 'It landed on another page.')
      },
      'user signed in, on the page TransferFunds',
    )
    await steps.run(
      'link opened again',
      async () => {
        const { status } = await fetch(url)
        expect(status === 410, 'The link was good twice.')
      },
      'refused: a link is good once',
    )
  },
}
