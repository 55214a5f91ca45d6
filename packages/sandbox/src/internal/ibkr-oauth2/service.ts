/** The OAuth 2.0 service put together: its client, its tokens, its routes. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import { FIRST_USER } from '../ibkr-api/sign-in.ts'
import { AccessTokens } from './access-token.ts'
import type { IbkrOAuth2Context } from './context.ts'
import type { IbkrOAuth2Credentials, ProvisionedOAuth2 } from './credentials.ts'
import { ECHO_ROWS } from './echo.ts'
import { type GatewayRow, mountGateway } from './gateway.ts'
import { ISSUER, TOKEN_PATH } from './paths.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { UsedJwts } from './used-jwts.ts'

export interface IbkrOAuth2ServiceOptions {
  readonly origin: string
  readonly signedOrigins: readonly string[]
  readonly counts: SandboxCounts
  readonly provisioned: ProvisionedOAuth2
  readonly scopes: readonly string[]
  readonly accessTokenLifetimeSeconds: number
  readonly refuseRepeatedAssertions: boolean
}

export interface IbkrOAuth2Service {
  readonly credentials: IbkrOAuth2Credentials
  /** What outlives a restart. */
  readonly kept: Readonly<Record<string, Map<string, unknown>>>
  /** `rows` are the gateway calls of other services. */
  readonly mount: (app: Hono<SandboxEnv>, rows: readonly GatewayRow[]) => void
}

export function createIbkrOAuth2Service(options: IbkrOAuth2ServiceOptions): IbkrOAuth2Service {
  const { credentials, keys } = options.provisioned
  const { clientId } = credentials
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
    credentials: { baseUrl: options.origin, ...credentials },
    kept: { oauth2Tokens: context.accessTokens.tokens, usedJwts: context.usedJwts.used },
    mount: (app, rows) => {
      app.all(TOKEN_PATH, ({ env: { call } }) => {
        call.record.service = 'ibkr-oauth2'
        return tokenEndpoint(call, context)
      })
      mountGateway(app, context, [...ECHO_ROWS, ...rows])
    },
  }
}
