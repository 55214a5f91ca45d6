/** No secret in any error: marked values in every option, every code provoked, everything searched. */
import { type IbkrSsoErrorCode, withLandingAction } from '@isoauth/ibkr-sso'
import { it } from 'vitest'
import { ssoRefusals } from '../../../tests/runtimes/suite/code-leaks/refusals.ts'
import { expectNoSecrets } from '../../../tests/support/jws-secrets.ts'
import {
  type Call,
  failure,
  json,
  type Responder,
  session,
  setUp,
  signer,
  user,
} from './support.ts'

const ACCESS = 'marked-access-token'
const SID = 'marked-session-id'
const BODY = 'marked-body-text'
const LINK = `https://www.interactivebrokers.com/sso?SID=${SID}`

const oauth2 = { accessToken: async () => ({ value: ACCESS }), signJwt: signer.signJwt }

/** A refusal that repeats all that was sent, as some services do. */
const echoing =
  (status: number, headers: Record<string, string> = {}): Responder =>
  ({ body, headers: sent }: Call) => {
    const all = [body, sent.get('authorization')].join(' ')
    return json(
      status,
      { title: all, detail: all, error: all, invalidArguments: [{ field: all }] },
      headers,
    )
  }

const make = async (onGateway: Responder, options: object = {}) => {
  const { sso, gatewayCalls } = setUp({ oauth2, ...options }, onGateway)
  return {
    error: await failure(() => sso.createSession(user)),
    sent: gatewayCalls.map(({ body }) => body),
  }
}
const link = async (url: string, ageMs = 0, parameters = {}) => {
  const { sso, time } = setUp({ oauth2 }, () => json(200, { url }))
  return {
    error: await failure(async () => {
      const made = await sso.createBrowserSession(user)
      time.now += ageMs
      withLandingAction(made.url, 'TransferFunds', parameters)
    }),
    sent: [],
  }
}
const outside = async () => {
  const { sso } = setUp({ oauth2 }, () => session(1))
  const opened = await sso.createSession(user)
  return { error: await failure(() => opened.fetch(`https://evil.example/${BODY}`)), sent: [] }
}

const provoke: Readonly<
  Record<IbkrSsoErrorCode, () => Promise<{ error: object; sent: readonly string[] }>>
> = {
  IBKR_SSO_OPTION_INVALID: () => link(LINK, 0, { SID: BODY }),
  IBKR_SSO_URL_REFUSED: outside,
  IBKR_SSO_REDIRECT_REFUSED: () =>
    make(echoing(302, { location: `https://evil.example/?${BODY}` })),
  IBKR_SSO_NETWORK: () => make(() => 'broken'),
  IBKR_SSO_TIMEOUT: () => make(() => 'never', { timeoutMs: 50 }),
  IBKR_SSO_RESPONSE_INVALID: () => make(({ body }) => json(200, `<html>${BODY} ${body}</html>`)),
  IBKR_SSO_SESSION_INACTIVE: () => make(() => json(200, { active: false, access_token: BODY })),
  IBKR_SSO_LINK_REFUSED: () => link(`https://evil.example/?SID=${SID}`),
  IBKR_SSO_LINK_EXPIRED: () => link(LINK, 50_000),
  ...ssoRefusals((status, headers) => () => make(echoing(status, headers))),
}

it.each(Object.entries(provoke))('%s tells no secret', async (code, provoked) => {
  expectNoSecrets(await provoked(), { code, name: 'IbkrSsoError', secrets: [ACCESS, SID, BODY] })
})
