/**
 * The client of IBKR's OAuth 2.0: one access token, kept and renewed, and calls of the gateway API
 * that carry it.
 */
import {
  BEARER,
  createTokenClient,
  type FetchFunction,
  type PlatformAbortSignal,
  type RenewalOptions,
  readCommonSettings,
  readSignal,
} from '@isoauth/core-client'
import { type EchoResponse, echo } from './echo.ts'
import type { IbkrOAuth2Event } from './internal/events.ts'
import {
  checkToken,
  credentialsOf,
  readOptions,
  type SendOptions,
  type TokenOptions,
} from './internal/settings.ts'
import { makeAssertion, makeSignedBody } from './internal/signed-jwt.ts'
import { createTokenCall } from './internal/token-call.ts'
import type { AccessToken } from './internal/token-exchange.ts'

/** The options of {@link createIbkrOAuth2}. */
export interface IbkrOAuth2Options extends TokenOptions, SendOptions, RenewalOptions {
  /** Told of renewals, repairs and reduced scopes; what it throws is dropped. */
  readonly onEvent?: ((event: IbkrOAuth2Event) => void) | undefined
}

/** What {@link createIbkrOAuth2} gives. */
export interface IbkrOAuth2 {
  /** The base URL that this client uses, without a slash at its end. */
  readonly baseUrl: string
  /**
   * The current access token, asked for or renewed as needed.
   *
   * @param options.replacing - the `value` of a token that failed: a new one is asked for unless it is
   *   less than a minute old or already replaced
   */
  accessToken(options?: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: string | undefined
  }): Promise<AccessToken>
  /**
   * Like the platform's `fetch`, below `/gw/api/v1` of the base URL and with the bearer. A string that
   * is no URL is a path below `/gw/api/v1`, which may also be written out. After a 401 the token is
   * renewed once and, where `retryUnauthorized` allows, the request repeated once; any other status
   * resolves. Redirects reject.
   *
   * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_URL_REFUSED`, `IBKR_OAUTH2_REDIRECT_REFUSED`,
   *   `IBKR_OAUTH2_TIMEOUT`, and what the token call throws; network errors and aborts pass
   *   unchanged, but for errors that may hold the signed request, which become `IBKR_OAUTH2_NETWORK`
   */
  readonly fetch: FetchFunction
  /**
   * Signs the body of a gateway call under the policy SIGNED_JWT: the claims, then `iss`, `exp`, `iat`.
   * Nothing is sent. Its clock is the server's once a token was asked for.
   *
   * @param claims - a JSON object without `iss`, `iat` and `exp`
   * @param options.expiresInSeconds - 1 to 86400. Default: 60
   * @returns a compact JWS, sent as it is with `Content-Type: application/jwt`
   */
  signJwt(
    claims: object,
    options?: { readonly expiresInSeconds?: number | undefined },
  ): Promise<string>
  /** A fresh client assertion, good for one use and a few seconds. */
  clientAssertion(): Promise<string>
  /** `GET echo/https`, scope `echo.read`: proves client, key, clock, scope and network path. */
  echoHttps(options?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<EchoResponse>
  /** `POST echo/signed-jwt`, scope `echo.write`: proves the signature of bodies too. */
  echoSignedJwt(options?: {
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<EchoResponse>
}

const GATEWAY = '/gw/api/v1'
const SIGNED_ECHO = '/echo/signed-jwt'
/** An access token is renewed a minute early, or in the last tenth of a shorter life. */
const EARLY_MS = 60_000

/**
 * Makes a client. Nothing is sent, and no key imported, before it is first used; options are checked
 * at once.
 *
 * @throws {@link IbkrOAuth2Error} `IBKR_OAUTH2_OPTION_INVALID` with the field `option`
 *
 * Security: the key speaks for the firm. Keep it on a server or at the edge, never in a public page,
 * and use it for nothing else.
 *
 * @example
 * ```ts
 * const ibkr = createIbkrOAuth2({ clientId, keyId: 'main', privateKey: pem, scope: 'echo.read' })
 * console.log(await ibkr.echoHttps())
 * ```
 *
 * Source: RFC 6749 section 4.4, RFC 7523; the broker's "OAuth 2.0" pages and its description of the
 * gateway API.
 */
export function createIbkrOAuth2(options: IbkrOAuth2Options): IbkrOAuth2 {
  const settings = {
    ...checkToken(options),
    ...readCommonSettings<IbkrOAuth2Event>(readOptions(options)),
  }
  const { base, scopes, tokenUrl, clientId, keyId, timeoutMs, now } = settings
  const client = createTokenClient({
    ...settings,
    kind: BEARER,
    path: GATEWAY,
    renew: createTokenCall(settings),
    packageName: 'ibkr-oauth2',
    identity: [tokenUrl, clientId, keyId, ...[...scopes].sort()],
    earlyMs: EARLY_MS,
    credentials: () => credentialsOf(settings),
    authorize: ({ value }) => `Bearer ${value}`,
    safePosts: [SIGNED_ECHO],
  })
  const gateway = base.href + GATEWAY
  const echoOptions = async (given: { readonly signal?: PlatformAbortSignal | undefined } = {}) => {
    const signal = readSignal(readOptions(given))
    const { value } = await client.token({ signal })
    return { fetch: client.fetch, timeoutMs, now, signal, secrets: [value] }
  }

  return {
    baseUrl: base.href,
    accessToken: client.token,
    fetch: client.fetch,
    signJwt: (claims, given) => makeSignedBody(settings, claims, given),
    clientAssertion: () => makeAssertion(settings),
    async echoHttps(given) {
      return await echo(`${gateway}/echo/https`, await echoOptions(given))
    },
    async echoSignedJwt(given) {
      // The token first: asking for it teaches the clock by which the body is dated.
      const echoing = await echoOptions(given)
      const jws = await makeSignedBody(settings, {})
      const secrets = [...echoing.secrets, jws]
      return await echo(gateway + SIGNED_ECHO, { ...echoing, secrets }, jws)
    },
  }
}
