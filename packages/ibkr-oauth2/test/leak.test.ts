/** No secret in any error: marked values in every option, every code provoked, everything searched. */
import {
  createIbkrOAuth2,
  type IbkrOAuth2ErrorCode,
  prepareTokenRequest,
  processTokenResponse,
} from '@isoauth/ibkr-oauth2'
import { it } from 'vitest'
import { oauth2Refusals } from '../../../tests/runtimes/suite/code-leaks/refusals.ts'
import { expectNoSecrets } from '../../../tests/support/jws-secrets.ts'
import { keys } from '../../../tests/support/oauth2-vectors.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import {
  assertionOf,
  type Call,
  credentials,
  failure,
  json,
  type Responder,
  setUp,
  token,
} from './support.ts'

const TOKEN = 'marked-access-token'
const BODY = 'marked-body-text'
const line = (pem: string) => pem.split('\n')[3] as string

/** What must never show, beside the assertions and bodies that were sent. */
const secrets = [line(keys.main3072.pkcs8Pem), line(keys.main3072.pkcs1Pem), TOKEN, BODY]

const tokenCall = async (onToken: Responder, options: object = {}) => {
  const { client, tokenCalls } = setUp(options, onToken)
  return { error: await failure(() => client.accessToken()), sent: tokenCalls.map(assertionOf) }
}
/** A refusal that repeats all that was sent, as some services do. */
const echoing =
  (status: number, headers: Record<string, string> = {}): Responder =>
  (call: Call) => {
    const all = [assertionOf(call), call.body, call.headers.get('authorization')].join(' ')
    return json(
      status,
      { title: all, detail: all, error: all, invalidArguments: [{ field: all }] },
      headers,
    )
  }
const gatewayCall = async (
  onGateway: Responder,
  call: (client: ReturnType<typeof createIbkrOAuth2>) => Promise<unknown> = (client) =>
    client.echoSignedJwt(),
  options: object = {},
) => {
  const onToken: Responder = () => token(1, { access_token: TOKEN })
  const { client, gatewayCalls } = setUp(options, onToken, onGateway)
  return { error: await failure(() => call(client)), sent: gatewayCalls.map(({ body }) => body) }
}
const clockOff = async () => {
  const { request, pending } = await prepareTokenRequest(credentials)
  const sent = [assertionOf({ body: await request.text() } as Call)]
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  const response = json(400, { detail: sent[0] }, { date })
  return { error: await failure(() => processTokenResponse(response, pending)), sent }
}
const date = () => ({ date: new Date(1767225600_000).toUTCString() })

const provoke: Readonly<
  Record<IbkrOAuth2ErrorCode, () => Promise<{ error: object; sent: readonly string[] }>>
> = {
  IBKR_OAUTH2_OPTION_INVALID: async () => ({
    error: await failure(() =>
      createIbkrOAuth2({
        ...credentials,
        privateKey: keys.main3072.pkcs8Pem.slice(0, 900),
      }).accessToken(),
    ),
    sent: [],
  }),
  IBKR_OAUTH2_URL_REFUSED: () =>
    gatewayCall(echoing(200), (client) => client.fetch(`https://evil.example/${BODY}`)),
  IBKR_OAUTH2_REDIRECT_REFUSED: () =>
    tokenCall(echoing(302, { location: `https://evil.example/?${BODY}` })),
  IBKR_OAUTH2_NETWORK: () => tokenCall(() => 'broken'),
  IBKR_OAUTH2_TIMEOUT: () => tokenCall(() => 'never', { timeoutMs: 50 }),
  IBKR_OAUTH2_RESPONSE_INVALID: () =>
    tokenCall((call) => json(200, `<html>${BODY} ${assertionOf(call)}</html>`)),
  IBKR_OAUTH2_ASSERTION_REFUSED: () => tokenCall(echoing(401, date())),
  IBKR_OAUTH2_CLOCK_OFF: clockOff,
  ...oauth2Refusals({
    token: (status, headers) => () => tokenCall(echoing(status, headers)),
    gateway: (status, headers) => () => gatewayCall(echoing(status, headers)),
  }),
}

skipWaits(1500)

it.each(Object.entries(provoke))('%s tells no secret', async (code, provoked) => {
  expectNoSecrets(await provoked(), { code, name: 'IbkrOAuth2Error', secrets })
})
