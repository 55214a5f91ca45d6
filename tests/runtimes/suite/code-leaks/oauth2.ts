/** A way to each code of OAuth 2.0. */
import {
  createIbkrOAuth2,
  type IbkrOAuth2,
  type IbkrOAuth2ErrorCode,
  prepareTokenRequest,
  processTokenResponse,
} from '@isoauth/ibkr-oauth2'
import { failure } from '../check.ts'
import { NOW_MS, vectorClient } from '../vectors.ts'
import { BODY, carrying, echo, sentBy, TOKEN } from './marks.ts'
import { answer, never, type Play, played } from './played.ts'
import { oauth2Refusals } from './refusals.ts'
import type { Provoked, Way } from './search.ts'

const options = { ...vectorClient, scope: 'echo.read echo.write' }
const keyLine = options.privateKey.split('\n')[5] ?? ''
const goodToken = answer({ access_token: TOKEN, token_type: 'Bearer', expires_in: 86_399 })

async function token(play: Play, more: object = {}): Promise<Provoked> {
  const { fetch, onEvent, events, secrets } = played({ '/token': play })
  const client = createIbkrOAuth2({ ...options, fetch: fetch as never, onEvent, ...more })
  const error = await failure(() => client.accessToken())
  return { error, events, secrets: [...secrets, keyLine] }
}

async function gateway(
  play: Play,
  call: (client: IbkrOAuth2) => Promise<unknown> = (client) => client.echoSignedJwt(),
): Promise<Provoked> {
  const { fetch, onEvent, events, secrets } = played({ '/token': goodToken, '/gw/': play })
  const client = createIbkrOAuth2({ ...options, fetch: fetch as never, onEvent })
  return { error: await failure(() => call(client)), events, secrets: [...secrets, keyLine] }
}

async function clockOff(): Promise<Provoked> {
  const { request, pending } = await prepareTokenRequest(options)
  const sent = await sentBy(request.url, { body: await request.text() })
  const response = echo(400, sent, { date: new Date(NOW_MS + 3_600_000).toUTCString() })
  const error = await failure(() => processTokenResponse(response, pending))
  return { error, secrets: [...sent.secrets, keyLine] }
}

const echoing =
  (status: number, headers = {}): Play =>
  (sent) =>
    echo(status, sent, headers)
const date = new Date(NOW_MS).toUTCString()

export const oauth2Ways: Readonly<Record<IbkrOAuth2ErrorCode, Way>> = {
  IBKR_OAUTH2_OPTION_INVALID: async () => ({
    error: await failure(() =>
      createIbkrOAuth2({ ...options, privateKey: options.privateKey.slice(0, 900) }).accessToken(),
    ),
    secrets: [keyLine],
  }),
  IBKR_OAUTH2_URL_REFUSED: () =>
    gateway(echoing(200), (client) => client.fetch(`https://evil.example/${BODY}`)),
  IBKR_OAUTH2_REDIRECT_REFUSED: () =>
    token(echoing(302, { location: `https://evil.example/?${BODY}` })),
  IBKR_OAUTH2_NETWORK: () =>
    gateway(
      (sent) => {
        throw carrying(sent)
      },
      (client) => client.fetch('/echo/https'),
    ),
  IBKR_OAUTH2_TIMEOUT: () => token(never, { timeoutMs: 100 }),
  IBKR_OAUTH2_RESPONSE_INVALID: () =>
    token(({ text }) => new Response(`<html>${BODY} ${text}</html>`)),
  IBKR_OAUTH2_ASSERTION_REFUSED: () => token(echoing(401, { date })),
  IBKR_OAUTH2_CLOCK_OFF: clockOff,
  ...oauth2Refusals({
    token: (status, headers) => () => token(echoing(status, headers)),
    gateway: (status, headers) => () => gateway(echoing(status, headers)),
  }),
}
