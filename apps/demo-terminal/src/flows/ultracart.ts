/** UltraCart single sign-on: a person signs in to an internal tool, and what is refused on the way. */
import { createUltraCartSso, type UltraCartSession } from '@isoauth/ultracart-sso'
import { approve, openConsentPage } from '../consent-page.ts'
import { refused, refusedUnsent } from '../expect-refusal.ts'
import type { Flow } from '../flow.ts'
import { count, goodFor } from '../text.ts'

export const ultracart: Flow = {
  title: 'UltraCart single sign-on: from the login page to sign-out',
  async run({ sandbox, steps }) {
    const sso = createUltraCartSso(sandbox.credentials.ultracart)
    const { loginUrl, transaction } = await steps.run(
      'authorize',
      () => sso.authorize(),
      'login page on a listed host, state sent',
    )
    const form = await steps.run(
      'login page',
      () => openConsentPage(new URL(loginUrl.href)),
      'HTML form read, its one-time token too',
    )
    const returned = await steps.run(
      'approved',
      () => approve(form),
      'the demo presses "Approve" for a person',
    )
    const callback = await steps.run(
      'callback validated',
      () => sso.validateCallback(returned, { transaction }),
      "its state is this browser's",
    )
    const session = await steps.run(
      'code exchanged',
      () => sso.exchangeCode(callback),
      ({ expiresAtMs }) => `key not shown${goodFor(expiresAtMs)}`,
    )
    await steps.run(
      'session user',
      () => sso.user(session),
      ({ login, permissions = [] }) => {
        const held = permissions.filter(({ selected }) => selected === true)
        return `${login}, holds ${held.length} of ${count(permissions.length, 'permission')}`
      },
    )
    await steps.run(
      'replayed callback',
      () =>
        refusedUnsent(
          'ULTRACART_SSO_CALLBACK_USED',
          () => sso.validateCallback(returned, { transaction }),
          {
            sent: () => sandbox.counts.ultracartTokenRequests,
            otherwise: 'The code was sent again.',
          },
        ),
      (detail) => ({ proven: 'refused, and no request was sent', detail }),
    )
    await steps.run(
      'swapped state',
      async () => {
        const { transaction: another } = await sso.authorize()
        return refused('ULTRACART_SSO_STATE_MISMATCH', () =>
          sso.validateCallback(returned, { transaction: another }),
        )
      },
      (detail) => ({ proven: "refused: another browser's login", detail }),
    )
    await steps.run('revoke', () => signOut(sso, session), 'signed out; the key is dead')
  },
}

async function signOut(
  sso: ReturnType<typeof createUltraCartSso>,
  session: UltraCartSession,
): Promise<void> {
  await sso.revoke(session)
  await refused('ULTRACART_SSO_UNAUTHORIZED', () => sso.user(session))
}
