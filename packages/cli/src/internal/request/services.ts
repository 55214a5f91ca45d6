/** The services that can be signed in to, each as a connection. */
import { createIbkrOAuth1, type IbkrOAuth1Event } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import type { BrokerConnection } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { ibkrOAuth1Options, ibkrOAuth2Options, oauth2BaseUrl } from '../config/client-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import { argumentsInvalid, configInvalid } from '../errors.ts'
import type { ServiceName } from './service-names.ts'
import type { TokenCache } from './token-cache.ts'

export interface Sending {
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  readonly signal: AbortSignal
  readonly timeoutMs: number | undefined
  /** Where the live session token is kept between two runs, unless it shall not be. */
  readonly cache: TokenCache | undefined
  /** Told why the cache could not be used. */
  readonly onCacheFailed: () => void
  /** Told that a token was made in the place of a refused one. */
  readonly onRenewed?: () => void
  /** Whether a request may be sent again after a 401; by default one that changes nothing is. */
  readonly retryUnauthorized?: 'safe' | 'never'
}

/** A path of the gateway, with or without its first slash, or written as an address. */
const GATEWAY = /^(https?:\/\/[^/]+)?\/?gw\/api\/v1\//i
/** Enough for whatever the gateway offers; less is granted where the client may have less. */
const GATEWAY_SCOPES = 'echo.read echo.write sso-sessions.write sso-browser-sessions.write'

/** The service that a path belongs to, of those that the configuration has credentials for. */
export function serviceFor({ sections }: LoadedConfig, path: string): ServiceName {
  const oauth2 = sections['ibkr.oauth2']
  if (oauth2 !== undefined && GATEWAY.test(path)) return 'ibkr-oauth2'
  if (sections['ibkr.oauth1'] !== undefined) return 'ibkr-oauth1'
  if (oauth2 === undefined) {
    throw configInvalid('The configuration has neither ibkr.oauth1 nor ibkr.oauth2.')
  }
  return oauth2.credential !== undefined && oauth2.ip !== undefined ? 'ibkr-sso' : 'ibkr-oauth2'
}

/** Signs in as far as the service needs it before the first request. */
export async function connect(
  config: LoadedConfig,
  service: ServiceName,
  given: Sending,
): Promise<BrokerConnection> {
  const { fetch, now, signal, timeoutMs, cache } = given
  const sending = {
    fetch,
    now,
    ...(timeoutMs !== undefined && { timeoutMs }),
    retryUnauthorized: given.retryUnauthorized,
  }
  if (service === 'ibkr-oauth1') {
    const options = { ...ibkrOAuth1Options(config), ...sending, ...cache }
    const onEvent = ({ type }: IbkrOAuth1Event) => {
      if (type === 'store-failed') given.onCacheFailed()
      if (type === 'renewed') given.onRenewed?.()
    }
    return createIbkrOAuth1({ ...options, onEvent })
  }
  const scope = service === 'ibkr-sso' ? 'sso-sessions.write' : GATEWAY_SCOPES
  const oauth2 = createIbkrOAuth2({ ...ibkrOAuth2Options(config, scope), ...sending })
  if (service === 'ibkr-oauth2') return oauth2
  const { credential, ip } = config.sections['ibkr.oauth2'] ?? {}
  if (credential === undefined || ip === undefined) {
    throw argumentsInvalid(
      '--service ibkr-sso needs ibkr.oauth2.credential (the user name) and ibkr.oauth2.ip (the address it is used from) in the configuration.',
      'service',
    )
  }
  const sso = createIbkrSso({ oauth2, baseUrl: oauth2BaseUrl(config), ...sending })
  return await sso.createSession({ credential, ip, signal })
}
