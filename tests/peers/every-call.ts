/** Every call by which a client of the broker signs in, as a table for tests of what may become of them. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2, prepareTokenRequest, processTokenResponse } from '@isoauth/ibkr-oauth2'
import {
  createIbkrSso,
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  processBrowserSessionResponse,
  processSsoSessionResponse,
} from '@isoauth/ibkr-sso'
import { dhGroups, keys, vectorsOf } from '../support/oauth1-vectors.ts'
import { keys as jwsKeys } from '../support/oauth2-vectors.ts'

const [secret] = vectorsOf('secret-decrypt')
export const ACCESS_TOKEN = 'Nq7-Marked.Access_Token-51'
const user = { credential: 'exampleuser1', ip: '8.8.4.4' }

/** A call, and the prefix of its errors' codes. */
export interface SignInCall {
  readonly prefix: 'IBKR_OAUTH1' | 'IBKR_OAUTH2' | 'IBKR_SSO'
  readonly make: (options: CallOptions) => Promise<unknown>
}

/** Where a call goes, and through what. */
export interface CallOptions {
  readonly origin: string
  readonly fetch?: typeof globalThis.fetch
}

const oauth1Options = ({ origin, fetch }: CallOptions) => ({
  baseUrl: `${origin}/v1/api`,
  consumerKey: 'QWERTYUIO',
  accessToken: ACCESS_TOKEN,
  decryptedAccessTokenSecret: secret?.expected.secretHex as string,
  signatureKey: keys.signature.pkcs8Pem,
  dhParameters: dhGroups['rfc3526-14']?.pem ?? '',
  timeoutMs: 15_000,
  ...(fetch && { fetch: fetch as never }),
})
const oauth2Options = ({ origin, fetch }: CallOptions) => ({
  baseUrl: origin,
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: jwsKeys.main3072.pkcs8Pem,
  scope: 'echo.read echo.write',
  timeoutMs: 15_000,
  ...(fetch && { fetch: fetch as never }),
})
/** An authority that asks nobody. */
const ssoOptions = ({ origin, fetch }: CallOptions) => ({
  baseUrl: origin,
  oauth2: {
    accessToken: async () => ({ value: ACCESS_TOKEN }),
    signJwt: createIbkrOAuth2(oauth2Options({ origin })).signJwt,
  },
  timeoutMs: 15_000,
  ...(fetch && { fetch: fetch as never }),
})

const oauth1 = (make: SignInCall['make']): SignInCall => ({ prefix: 'IBKR_OAUTH1', make })
const oauth2 = (make: SignInCall['make']): SignInCall => ({ prefix: 'IBKR_OAUTH2', make })
const sso = (make: SignInCall['make']): SignInCall => ({ prefix: 'IBKR_SSO', make })

/** The calls that a client sends itself. */
export const CLIENT_CALLS: Readonly<Record<string, SignInCall>> = {
  handshake: oauth1((options) => createIbkrOAuth1(oauth1Options(options)).liveSessionToken()),
  'request token': oauth1((options) =>
    createIbkrOAuth1Authorization(oauth1Options(options)).requestToken(),
  ),
  'access token': oauth1((options) =>
    createIbkrOAuth1Authorization(oauth1Options(options)).accessToken({
      requestToken: ACCESS_TOKEN,
      verifier: ACCESS_TOKEN,
    }),
  ),
  'OAuth 2.0 token': oauth2((options) => createIbkrOAuth2(oauth2Options(options)).accessToken()),
  'echo by HTTPS': oauth2((options) => createIbkrOAuth2(oauth2Options(options)).echoHttps()),
  'echo of a signed body': oauth2((options) =>
    createIbkrOAuth2(oauth2Options(options)).echoSignedJwt(),
  ),
  'SSO session': sso((options) => createIbkrSso(ssoOptions(options)).createSession(user)),
  'SSO browser session': sso((options) =>
    createIbkrSso(ssoOptions(options)).createBrowserSession(user),
  ),
}

/** The calls that the caller sends, and whose answer is then processed. */
export const PREPARED_CALLS: Readonly<Record<string, SignInCall>> = {
  handshake: oauth1(async (options) => {
    const { request, pending } = await prepareLiveSessionTokenRequest(oauth1Options(options))
    return await processLiveSessionTokenResponse(await fetch(request), pending)
  }),
  'OAuth 2.0 token': oauth2(async (options) => {
    const { request, pending } = await prepareTokenRequest(oauth2Options(options))
    return await processTokenResponse(await fetch(request), pending)
  }),
  'SSO session': sso(async (options) => {
    const { request, pending } = await prepareSsoSessionRequest({ ...ssoOptions(options), ...user })
    return await processSsoSessionResponse(await fetch(request), pending)
  }),
  'SSO browser session': sso(async (options) => {
    const both = { ...ssoOptions(options), ...user }
    const { request, pending } = await prepareBrowserSessionRequest(both)
    return await processBrowserSessionResponse(await fetch(request), pending)
  }),
}

/** A good answer of the token endpoint, for the calls that need a token first. */
export const TOKEN_ANSWER = JSON.stringify({
  access_token: ACCESS_TOKEN,
  token_type: 'Bearer',
  expires_in: 86_399,
})
