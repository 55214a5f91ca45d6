/** The OAuth 2.0 service put together: its client, its tokens, its routes. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import { FIRST_USER } from '../ibkr-api/sign-in.ts'
import { AccessTokens } from './access-token.ts'
import type { IbkrOAuth2Context } from './context.ts'
import {
  createOAuth2Credentials,
  type IbkrOAuth2Credentials,
  type IbkrOAuth2PublicKey,
  provisionOAuth2,
} from './credentials.ts'
import { ECHO_ROWS } from './echo.ts'
import { type GatewayRow, mountGateway } from './gateway.ts'
import { ISSUER, TOKEN_PATH } from './paths.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { UsedJwts } from './used-jwts.ts'

export interface IbkrOAuth2ServiceOptions {
  readonly origin: string
  readonly signedOrigins: readonly string[]
  readonly counts: SandboxCounts
  readonly credentials: Omit<IbkrOAuth2Credentials, 'baseUrl'> | undefined
  readonly oauth2PublicKeys: readonly IbkrOAuth2PublicKey[]
  readonly scopes: readonly string[]
  readonly accessTokenLifetimeSeconds: number
  readonly refuseRepeatedAssertions: boolean
}

export interface IbkrOAuth2Service {
  readonly credentials: IbkrOAuth2Credentials
  /** `rows` are the gateway calls of other services. */
  readonly mount: (app: Hono<SandboxEnv>, rows: readonly GatewayRow[]) => void
}

export async function createIbkrOAuth2Service(
  options: IbkrOAuth2ServiceOptions,
): Promise<IbkrOAuth2Service> {
  const given = options.credentials ?? (await createOAuth2Credentials())
  const { clientId, keyId, privateKey, credential, ip } = given
  const keys = await provisionOAuth2(given, options.oauth2PublicKeys)
  const { accountId } = FIRST_USER
  const context: IbkrOAuth2Context = {
    client: { clientId, accountId, keys, scopes: options.scopes },
    audiences: [ISSUER, ...options.signedOrigins.map((origin) => origin + TOKEN_PATH)],
    accessTokens: new AccessTokens(options.accessTokenLifetimeSeconds),
    usedJwts: new UsedJwts(),
    refuseRepeatedAssertions: options.refuseRepeatedAssertions,
    counts: options.counts,
  }
  return {
    credentials: { baseUrl: options.origin, clientId, keyId, privateKey, credential, ip },
    mount: (app, rows) => {
      app.all(TOKEN_PATH, ({ env: { call } }) => {
        call.record.service = 'ibkr-oauth2'
        return tokenEndpoint(call, context)
      })
      mountGateway(app, context, [...ECHO_ROWS, ...rows])
    },
  }
}
