/** `/v1/api`: one set of resources, opened by an OAuth 1.0a signature or by an SSO bearer. */
import type { Hono } from 'hono'
import { type Call, check, type SandboxEnv } from '../call.ts'
import { plainError } from './answers.ts'
import type { BrokerageSessions } from './brokerage-session.ts'
import { RESOURCES } from './resources.ts'
import { BASE_PATH, type SignIn } from './sign-in.ts'

/** Judges who is asking; ends the request with a refusal when nobody may. */
export type Authenticator = (call: Call) => SignIn | Promise<SignIn>

export interface Authenticators {
  readonly oauth1: Authenticator
  /** `undefined` where the sandbox has no OAuth 2.0 client. */
  readonly sso: Authenticator | undefined
}

export function mountIbkrApi(
  app: Hono<SandboxEnv>,
  sessions: BrokerageSessions,
  { oauth1, sso }: Authenticators,
): void {
  app.all(`${BASE_PATH}/*`, async ({ env: { call } }) => {
    const bearer = /^bearer\b/i.test(call.request.headers.get('authorization') ?? '')
    const authenticate = bearer && sso ? sso : oauth1
    call.record.service = authenticate === oauth1 ? 'ibkr-oauth1' : 'ibkr-sso'
    return answer(call, sessions, await authenticate(call))
  })
}

function answer(
  call: Call,
  sessions: BrokerageSessions,
  signIn: SignIn,
): Response | Promise<Response> {
  const path = call.path.slice(BASE_PATH.length)
  const row = RESOURCES.find((candidate) => candidate.path === path)
  if (!row) return plainError(404, 'Resource not found')
  const { method } = call.record
  const known = row.methods.includes(method) || (method === 'HEAD' && row.methods.includes('GET'))
  if (!known) return plainError(405, 'Method Not Allowed')
  if (row.bridge) {
    check(call, sessions.hasBridge(signIn, call.now), {
      name: 'session',
      detail: 'an established brokerage session is required',
      refuse: () => plainError(400, 'Bad Request: no bridge'),
    })
  }
  return row.resource(call, sessions, signIn)
}
