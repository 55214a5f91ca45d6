/** `/gw/api/v1`: what an access token opens, each call with its scope and its security policy. */
import type { Hono } from 'hono'
import { type Call, check, type SandboxEnv } from '../call.ts'
import { checkAccessToken } from './access-token.ts'
import type { IbkrOAuth2Context } from './context.ts'
import { GATEWAY_PATH } from './paths.ts'
import { readSignedBody } from './signed-body.ts'

export interface GatewayRow {
  readonly method: 'GET' | 'POST'
  /** Path below the base. */
  readonly path: string
  readonly scope: string
  /** `HTTPS` needs the bearer only; `SIGNED_JWT` a signed body as well, whose claims are handed on. */
  readonly policy: 'HTTPS' | 'SIGNED_JWT'
  readonly service: string
  readonly answer: (
    call: Call,
    claims: Readonly<Record<string, unknown>>,
  ) => Response | Promise<Response>
}

export function mountGateway(
  app: Hono<SandboxEnv>,
  context: IbkrOAuth2Context,
  rows: readonly GatewayRow[],
): void {
  for (const row of rows) {
    app.all(GATEWAY_PATH + row.path, ({ env: { call } }) => {
      call.record.service = row.service
      return answer(call, context, row)
    })
  }
  app.all(`${GATEWAY_PATH}/*`, async ({ env: { call } }) => {
    call.record.service = 'ibkr-oauth2'
    if (!call.ownAnswers.has(call)) return notServed(call)
    checkAccessToken(call, context.accessTokens)
    context.counts.authorized++
    return (await ownAnswer(call, context)) ?? notServed(call)
  })
}

async function answer(call: Call, context: IbkrOAuth2Context, row: GatewayRow): Promise<Response> {
  const right = call.record.method === row.method
  check(call, right, {
    name: 'method',
    detail: `${row.method} is required`,
    refuse: () => 405,
  })
  checkAccessToken(call, context.accessTokens, row.scope)
  const claims = row.policy === 'SIGNED_JWT' ? await readSignedBody(call, context) : {}
  context.counts.authorized++
  return (await ownAnswer(call, context)) ?? row.answer(call, claims)
}

function ownAnswer(call: Call, { client }: IbkrOAuth2Context): Promise<Response | undefined> {
  return call.ownAnswers.answer(call, client.clientId)
}

function notServed(call: Call): never {
  check(call, false, {
    name: 'path',
    detail: 'Resource not found',
    refuse: () => 404,
  })
}
