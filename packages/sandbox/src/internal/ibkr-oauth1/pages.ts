/** The pages of the OAuth 1.0a service: portal, consent, and the default callback. */
import type { Hono } from 'hono'
import { html } from 'hono/html'
import { checkHost, type SandboxEnv } from '../call.ts'
import { createFormTokens, page } from '../page.ts'
import { authorize } from './authorize-page.ts'
import type { Consent } from './consent.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { portal } from './portal-page.ts'

export function mountPages(
  app: Hono<SandboxEnv>,
  context: IbkrOAuth1Context,
  consent: Consent,
): void {
  const tokens = createFormTokens()
  app.all('/portal', ({ env: { call } }) => {
    call.record.service = 'ibkr-oauth1'
    return portal(call, context, tokens)
  })
  app.on(['GET', 'POST'], '/authorize', ({ env: { call } }) => {
    call.record.service = 'ibkr-oauth1'
    return authorize(call, { origin: context.origin, consent }, tokens)
  })
  // Where the ready-made third-party consumer sends people, unless another callback was given.
  app.get('/callback', ({ env: { call } }) => {
    checkHost(call, context.origin)
    const query = new URLSearchParams(call.query ?? '')
    const verifier = query.get('oauth_verifier')
    return page(
      'Callback',
      verifier === null
        ? html`<p>No verifier arrived.</p>`
        : html`<p>Verifier: <output id="verifier">${verifier}</output></p>`,
    )
  })
}
