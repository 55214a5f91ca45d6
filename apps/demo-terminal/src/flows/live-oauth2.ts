/** A live run of OAuth 2.0: an access token, and the echo calls, which change nothing. */
import { createIbkrOAuth2, type IbkrOAuth2Options } from '@isoauth/ibkr-oauth2'
import type { Flow } from '../flow.ts'
import { goodFor, offBy } from '../text.ts'
import type { LiveContext } from './live.ts'
import { requireAssertion, requireEcho } from './oauth2.ts'

/** SSO is left out: whether a new session ends an earlier one of the user is not documented. */
export function liveOAuth2(options: IbkrOAuth2Options): Flow<LiveContext> {
  return {
    title: 'IBKR OAuth 2.0, live and read-only',
    async run({ steps }) {
      const start = performance.now()
      const client = createIbkrOAuth2({
        ...options,
        onEvent(event) {
          if (event.type !== 'clock-repaired') return
          steps.done('clock repaired', offBy(event.differenceMs), performance.now() - start)
        },
      })
      await steps.run(
        'assertion signed',
        async () => requireAssertion(await client.clientAssertion()),
        'RS256, with privateKey',
      )
      const { scope } = await steps.run(
        'access token',
        () => client.accessToken(),
        ({ expiresAtMs }) => `not shown${goodFor(expiresAtMs)}`,
      )
      const granted = scope.split(' ')
      const echo = async (
        { name, needs }: { readonly name: string; readonly needs: string },
        call: () => Promise<void>,
        proven: string,
      ) => {
        if (granted.includes(needs)) await steps.run(name, call, proven)
        else steps.leaveOut(name, `${needs} is not granted`)
      }
      await echo(
        { name: 'echo/https', needs: 'echo.read' },
        async () => requireEcho(await client.echoHttps(), 'GET', 'HTTPS'),
        'client, key, clock and scope are right',
      )
      await echo(
        { name: 'echo/signed-jwt', needs: 'echo.write' },
        async () => requireEcho(await client.echoSignedJwt(), 'POST', 'SIGNED_JWT'),
        'the signature of bodies is right too',
      )
      steps.leaveOut('SSO session', 'might end an earlier session of the user')
    },
  }
}
