/** As consumer.ts: OAuth 2.0 and SSO, every public name used once, nothing of it run. */
import {
  type AccessToken,
  createIbkrOAuth2,
  type EchoResponse,
  hasCode,
  type IbkrOAuth2,
  IbkrOAuth2Error,
  type IbkrOAuth2ErrorCode,
  type IbkrOAuth2Event,
  type IbkrOAuth2Options,
  type InvalidArgument,
  type Lock,
  prepareTokenRequest,
  processTokenResponse,
} from '@isoauth/ibkr-oauth2'
import {
  type BrowserLink,
  createIbkrSso,
  type IbkrSso,
  IbkrSsoError,
  type IbkrSsoErrorCode,
  type IbkrSsoEvent,
  type IbkrSsoOptions,
  type IbkrSsoSession,
  type LandingActions,
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  processBrowserSessionResponse,
  processSsoSessionResponse,
  type SsoAuthority,
  type SsoBearer,
  withLandingAction,
} from '@isoauth/ibkr-sso'
import { hasCode as hasUltraCartCode, type UltraCartSsoOperation } from '@isoauth/ultracart-sso'
import { createTransactionCookie, type TransactionKeeper } from '@isoauth/ultracart-sso/transaction'
import { same } from './consumer.js'

export async function accessTokens(options: IbkrOAuth2Options): Promise<IbkrOAuth2> {
  const onEvent = (event: IbkrOAuth2Event): string | readonly string[] =>
    event.type === 'scope-reduced' ? event.missing : event.type
  // Options that were read from a configuration may be undefined under exactOptionalPropertyTypes.
  const client = createIbkrOAuth2({
    ...options,
    onEvent,
    audience: undefined,
    store: undefined,
    scope: ['echo.read', 'echo.write'],
    privateKey: async (data: Uint8Array) => data,
  })
  const token: AccessToken = await client.accessToken({ replacing: 'token', signal: undefined })
  const text: string = token.value + token.scope
  const ends: number = token.expiresAtMs
  const response = await client.fetch(`/accounts?${text}${ends}`, { method: 'GET' })
  const status: number = response.status
  const jws: string = await client.signJwt({ status }, { expiresInSeconds: 60 })
  const assertion: string = await client.clientAssertion()
  const echoes: EchoResponse[] = [await client.echoHttps(), await client.echoSignedJwt()]
  echoes.map(({ requestMethod }) => requestMethod + jws + assertion)
  const { request, pending } = await prepareTokenRequest({ ...options, jti: 'once' })
  const again: AccessToken = await processTokenResponse(await client.fetch(request), pending)
  again.obtainedAtMs.toFixed()
  return client
}

export async function sessions(
  oauth2: IbkrOAuth2,
  options: Omit<IbkrSsoOptions, 'oauth2'>,
): Promise<IbkrSsoSession> {
  const authority: SsoAuthority = oauth2
  const landingActions: LandingActions = { TransferFunds: ['type'] }
  const onEvent = (event: IbkrSsoEvent): string => event.type
  const sso: IbkrSso = createIbkrSso({ ...options, oauth2: authority, landingActions, onEvent })
  const user = { credential: 'user', ip: '198.51.100.7' }
  const session = await sso.createSession({ ...user, alternativeIps: [], service: undefined })
  const bearer: SsoBearer = await session.accessToken()
  session.onRenewed(() => bearer.value)()
  const address: string = await session.webSocketUrl()
  const link: BrowserLink = await sso.createBrowserSession(user)
  const landing = withLandingAction(link.url, 'TransferFunds', { type: address })
  landing.href.padEnd(link.expiresAtMs)
  const one = await prepareSsoSessionRequest({ oauth2, ...user })
  const made: SsoBearer = await processSsoSessionResponse(
    await session.fetch(one.request),
    one.pending,
  )
  const two = await prepareBrowserSessionRequest({ oauth2, ...user, linkHosts: [made.value] })
  await processBrowserSessionResponse(await session.fetch(two.request), two.pending)
  return session
}

export function describe(error: unknown): string {
  if (error instanceof IbkrOAuth2Error) {
    const code: IbkrOAuth2ErrorCode = error.code
    const fields: readonly InvalidArgument[] = error.invalidArguments ?? []
    return [code, error.detail, error.title, error.oauthError, fields[0]?.field].join(' ')
  }
  if (error instanceof IbkrSsoError) {
    const code: IbkrSsoErrorCode = error.code
    return `${code} ${error.status} ${error.traceId} ${error.retryAfterMs} ${error.toJSON().name}`
  }
  if (hasCode(error, 'IBKR_SSO_REFUSED')) {
    same<typeof error.code, 'IBKR_SSO_REFUSED'>(true)
    const fields: readonly InvalidArgument[] = error.invalidArguments ?? []
    return [error.message, error.detail, error.title, error.oauthError, fields[0]?.field].join(' ')
  }
  if (hasUltraCartCode(error, 'ULTRACART_SSO_CALLBACK_REFUSED')) {
    same<typeof error.code, 'ULTRACART_SSO_CALLBACK_REFUSED'>(true)
    const operation: UltraCartSsoOperation | undefined = error.operation
    return [error.message, error.status, error.reason, error.userMessage, operation].join(' ')
  }
  return 'another'
}

/** `navigator.locks` as TypeScript 5.9 declares it: there nothing says that what the work gives is awaited. */
declare const locks: {
  request<T>(name: string, options: object, work: () => T): Promise<T>
}

/** The lock of tabs as the READMEs write it. */
export const lockOfTabs: Lock = async (name, work, options) =>
  await locks.request(name, options, () => work())

export function keeperOf({
  key,
}: Parameters<typeof createTransactionCookie>[0]): TransactionKeeper {
  return createTransactionCookie({ key })
}
