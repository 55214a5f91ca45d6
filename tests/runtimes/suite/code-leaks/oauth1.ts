/** A way to each code of OAuth 1.0a. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  type IbkrOAuth1ErrorCode,
  type IbkrOAuth1Options,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { failure } from '../check.ts'
import { firstParty, ORIGIN, startSandbox } from '../sandboxes.ts'
import { NOW_MS, rsaKey } from '../vectors.ts'
import { BODY, carrying, echo, sentBy, TOKEN, VERIFIER } from './marks.ts'
import type { Provoked, Way } from './search.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
type Play = (sent: Awaited<ReturnType<typeof sentBy>>) => Response | Promise<Response>
type Options = Partial<IbkrOAuth1Options>

const HANDSHAKE = '/oauth/live_session_token'
const own = firstParty(ORIGIN)
/** A half of the encrypted secret. */
const SECRETS = [own.accessTokenSecret.slice(20, 60), own.accessToken]

/** The handshake of a client whose service is a sandbox, or what is played in its place. */
async function handshake(options: Options, play?: Play, fault?: object): Promise<Provoked> {
  const { sandbox, now } = await startSandbox()
  if (fault) sandbox.fault({ path: `/v1/api${HANDSHAKE}`, ...fault } as never)
  const { client, events, secrets } = watch(sandbox.fetch, { now, ...options }, play)
  return { error: await failure(() => client.liveSessionToken()), events, secrets }
}

function watch(send: Fetch, options: Options, play?: Play, path = HANDSHAKE) {
  const events: unknown[] = []
  const secrets = [...SECRETS]
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const sent = await sentBy(input, init)
    secrets.push(...sent.secrets)
    return play && String(input).includes(path) ? await play(sent) : await send(input, init)
  }
  const given = { ...own, fetch, onEvent: (event: unknown) => events.push(event), ...options }
  return { client: createIbkrOAuth1(given as IbkrOAuth1Options), events, secrets }
}

/** A request of a client that is signed in. */
async function request(play: Play, input = '/tickle', options: Options = {}): Promise<Provoked> {
  const { sandbox, now } = await startSandbox()
  const { client, events, secrets } = watch(sandbox.fetch, { now, ...options }, play, '/tickle')
  const { token } = await client.liveSessionToken()
  secrets.push([...token].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  return { error: await failure(() => client.fetch(input)), events, secrets }
}

/** A handshake whose request is sent by the caller. */
async function prepared(sign: { readonly offMs?: number; readonly times?: number }) {
  const { sandbox, now } = await startSandbox()
  const { request: signed, pending } = await prepareLiveSessionTokenRequest({
    ...own,
    now: () => now() - (sign.offMs ?? 0),
  })
  const { secrets } = await sentBy(signed.url, { headers: signed.headers })
  for (let time = 1; time < (sign.times ?? 1); time++) await sandbox.fetch(signed.clone())
  const answer = await sandbox.fetch(signed)
  return { error: await failure(() => processLiveSessionTokenResponse(answer, pending)), secrets }
}

async function callback(query: string): Promise<Provoked> {
  const authorization = createIbkrOAuth1Authorization(own)
  const read = () => authorization.validateCallback(`/cb?${query}`, { requestToken: TOKEN })
  return { error: await failure(read) }
}

const echoing =
  (status: number, headers = {}): Play =>
  (sent) =>
    echo(status, sent, headers)
/** Without the names of parameters, which say what is wrong with a request; by its time the clock is right. */
const quoting =
  (status: number): Play =>
  (sent) => {
    const text = `refused for ${[own.accessToken, ...sent.secrets].join(' ')}`
    return echo(status, { ...sent, text }, { date: new Date(NOW_MS).toUTCString() })
  }
const never = () => new Promise<Response>(() => {})
const withoutDate =
  (send: Fetch): Fetch =>
  async (input, init) => {
    const { status, headers, body } = await send(input, init)
    const kept = new Headers(headers)
    kept.delete('date')
    return new Response(body, { status, headers: kept })
  }

export const oauth1Ways: Readonly<Record<IbkrOAuth1ErrorCode, Way>> = {
  IBKR_OAUTH1_OPTION_INVALID: async () => ({
    error: await failure(() => createIbkrOAuth1({ ...own, dhParameters: `${BODY}-not-hex` })),
  }),
  IBKR_OAUTH1_URL_REFUSED: () => request(echoing(200), `https://evil.example/${BODY}`),
  IBKR_OAUTH1_REDIRECT_REFUSED: () =>
    request(echoing(302, { location: `https://evil.example/?${BODY}` })),
  IBKR_OAUTH1_NETWORK: () =>
    request((sent) => {
      throw carrying(sent)
    }),
  IBKR_OAUTH1_TIMEOUT: () => handshake({ timeoutMs: 100 }, never),
  IBKR_OAUTH1_RESPONSE_INVALID: () =>
    handshake({}, ({ text }) => new Response(`<html>${BODY} ${text}</html>`)),
  IBKR_OAUTH1_SECRET_DECRYPTION_FAILED: () =>
    handshake({ encryptionKey: rsaKey('signature').pkcs8Pem } as Options),
  IBKR_OAUTH1_DH_RESPONSE_RANGE: () => handshake({}, undefined, { kind: 'dh-response-one' }),
  IBKR_OAUTH1_LST_SIGNATURE_MISMATCH: () =>
    handshake({}, undefined, { kind: 'wrong-lst-signature' }),
  IBKR_OAUTH1_CONSUMER_INVALID: () => handshake({ consumerKey: 'ABCDEFGHI' }),
  IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN: () => handshake({ accessToken: BODY }),
  IBKR_OAUTH1_NONCE_USED: () => prepared({ times: 2 }),
  IBKR_OAUTH1_CLOCK_OFF: () => prepared({ offMs: 3_600_000 }),
  IBKR_OAUTH1_CLOCK_UNKNOWN: async () => {
    const { sandbox, now } = await startSandbox()
    const signatureKey = rsaKey('encryption').pkcs8Pem
    const { client, events, secrets } = watch(withoutDate(sandbox.fetch), { now, signatureKey })
    return { error: await failure(() => client.liveSessionToken()), events, secrets }
  },
  IBKR_OAUTH1_UNAUTHORIZED: () => handshake({}, quoting(401)),
  IBKR_OAUTH1_RATE_LIMITED: () => handshake({}, echoing(429)),
  IBKR_OAUTH1_UNAVAILABLE: () => handshake({}, echoing(503)),
  IBKR_OAUTH1_REFUSED: () => handshake({}, echoing(400)),
  IBKR_OAUTH1_CALLBACK_INVALID: () => callback(`oauth_verifier=${VERIFIER}&oauth_verifier=${BODY}`),
  IBKR_OAUTH1_CALLBACK_MISMATCH: () => callback(`oauth_token=${BODY}&oauth_verifier=${VERIFIER}`),
  IBKR_OAUTH1_CALLBACK_REFUSED: () => callback(`denied=${TOKEN}`),
}
