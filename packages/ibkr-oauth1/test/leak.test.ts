/** No secret in any error: marked values in every option, every code provoked, everything searched. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  type IbkrOAuth1ErrorCode,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { expect, it } from 'vitest'
import { everythingOf, holdRequests } from '../../../tests/support/index.ts'
import { keys } from '../../../tests/support/oauth1-vectors.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { changed, decrypted, LST_PATH, oauth1, rejection, setUp, withoutDate } from './support.ts'

const REQUEST_TOKEN = 'marked-request-token'
const VERIFIER = 'marked-verifier'
const BODY = 'marked-body-text'
const pemBody = (pem: string) => pem.split('\n')[3] as string

/** What must never show; keys and secrets by a line of their middle. */
const secrets = [
  pemBody(keys.signature.pkcs8Pem),
  pemBody(keys.signature.pkcs1Pem),
  pemBody(keys.encryption.pkcs8Pem),
  oauth1.accessTokenSecret.slice(20, 60),
  oauth1.accessToken,
  decrypted.decryptedAccessTokenSecret,
  oauth1.dhParameters.split('\n')[2] as string,
  REQUEST_TOKEN,
  VERIFIER,
  BODY,
]

const lst = async (options: object, fault?: object, wrap = (f: unknown) => f) => {
  const { sandbox, another, time } = await setUp()
  if (fault) sandbox.fault({ path: LST_PATH, ...fault } as never)
  const fetch = wrap(sandbox.fetch)
  return rejection(another({ ...options, fetch, now: () => time.now } as never).liveSessionToken())
}
/** The broker's own words are shown, but none that repeat what was sent. */
const QUOTING = `refused for ${oauth1.accessToken}`
const answer = (status: number, body: string) => ({ kind: 'respond', value: { status, body } })
const call = async (input: string, fault?: object) => {
  const { client, sandbox } = await setUp()
  await client.liveSessionToken()
  if (fault) sandbox.fault({ path: '/tickle', ...fault } as never)
  return rejection(client.fetch(input))
}
const late = async () => {
  const { sandbox, another } = await setUp()
  const held = holdRequests(sandbox.fetch, ({ url }) => url.endsWith('/tickle'))
  const client = another({ fetch: held.fetch as never, timeoutMs: 5000 })
  await client.liveSessionToken()
  const ended = () => rejection(client.fetch('/tickle'))
  return await pastDeadline({ call: ended, arrived: held.seen, timeoutMs: 5000 })
}
const callback = (query: string) => {
  const authorization = createIbkrOAuth1Authorization(oauth1)
  return rejection(
    (async () => authorization.validateCallback(`/cb?${query}`, { requestToken: REQUEST_TOKEN }))(),
  )
}
const replayed = async () => {
  const { sandbox, time } = await setUp()
  const { request, pending } = await prepareLiveSessionTokenRequest({
    ...decrypted,
    now: () => time.now,
  })
  await sandbox.fetch(request.clone())
  return rejection(processLiveSessionTokenResponse(await sandbox.fetch(request), pending))
}
const clockOff = async () => {
  const { sandbox, time } = await setUp()
  const { request, pending } = await prepareLiveSessionTokenRequest({
    ...decrypted,
    now: () => time.now - 3_600_000,
  })
  return rejection(processLiveSessionTokenResponse(await sandbox.fetch(request), pending))
}
const hidden = (fetch: unknown) => changed(fetch as never, withoutDate)
const swapped = { signatureKey: oauth1.encryptionKey, encryptionKey: oauth1.signatureKey }
const location = `https://evil.example/?${BODY}`

const provoke: Readonly<Record<IbkrOAuth1ErrorCode, () => Promise<unknown>>> = {
  IBKR_OAUTH1_OPTION_INVALID: async () =>
    rejection((async () => createIbkrOAuth1({ ...oauth1, dhParameters: `${BODY}-not-hex` }))()),
  IBKR_OAUTH1_URL_REFUSED: () => call(`https://evil.example/${BODY}`),
  IBKR_OAUTH1_REDIRECT_REFUSED: () =>
    call('/tickle', { kind: 'respond', value: { status: 302, headers: { location } } }),
  IBKR_OAUTH1_NETWORK: () => lst({}, { kind: 'reset', value: 'before' }),
  IBKR_OAUTH1_TIMEOUT: late,
  IBKR_OAUTH1_RESPONSE_INVALID: () => lst({}, answer(200, `<html>${BODY}</html>`)),
  IBKR_OAUTH1_SECRET_DECRYPTION_FAILED: () =>
    lst({ ...oauth1, ...swapped, decryptedAccessTokenSecret: undefined }),
  IBKR_OAUTH1_DH_RESPONSE_RANGE: () => lst({}, { kind: 'dh-response-one' }),
  IBKR_OAUTH1_LST_SIGNATURE_MISMATCH: () => lst({}, { kind: 'wrong-lst-signature' }),
  IBKR_OAUTH1_CONSUMER_INVALID: () => lst({ consumerKey: 'ABCDEFGHI' }),
  IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN: () => lst({ accessToken: BODY }),
  IBKR_OAUTH1_NONCE_USED: replayed,
  IBKR_OAUTH1_CLOCK_OFF: clockOff,
  IBKR_OAUTH1_CLOCK_UNKNOWN: () => lst({ signatureKey: oauth1.encryptionKey }, undefined, hidden),
  IBKR_OAUTH1_UNAUTHORIZED: () => lst({}, answer(401, JSON.stringify({ error: QUOTING }))),
  IBKR_OAUTH1_RATE_LIMITED: () => lst({}, answer(429, QUOTING)),
  IBKR_OAUTH1_UNAVAILABLE: () => lst({}, answer(503, QUOTING)),
  IBKR_OAUTH1_REFUSED: () => lst({}, answer(400, QUOTING)),
  IBKR_OAUTH1_CALLBACK_INVALID: () => callback(`oauth_verifier=${VERIFIER}&oauth_verifier=${BODY}`),
  IBKR_OAUTH1_CALLBACK_MISMATCH: () => callback(`oauth_token=${BODY}&oauth_verifier=${VERIFIER}`),
  IBKR_OAUTH1_CALLBACK_REFUSED: () => callback(`denied=${REQUEST_TOKEN}`),
}

it.each(Object.entries(provoke))('%s tells no secret', async (code, make) => {
  const error = (await make()) as Error
  expect(error).toMatchObject({ code, name: 'IbkrOAuth1Error' })
  const text = everythingOf(error)
  expect(text).toContain(code)
  for (const secret of secrets) expect(text).not.toContain(secret)
})
