/** The API base of the UltraCart service, and its pages. */
import type { Hono } from 'hono'
import { type Call, check, checkHost, type SandboxEnv } from '../call.ts'
import { createFormTokens } from '../page.ts'
import { failure } from './answers.ts'
import { callbackPage } from './callback-page.ts'
import type { UltraCartContext } from './context.ts'
import { checkAnyCredential } from './credential.ts'
import type { LoginDecisions } from './login-decision.ts'
import { loginPage } from './login-page.ts'
import { authorize, revoke, sessionUser, token } from './operations.ts'
import { BASE_PATH, CALLBACK_PATH, LOGIN_PATH } from './paths.ts'

type Operation = (call: Call, context: UltraCartContext) => Response | Promise<Response>

const OPERATIONS: readonly (readonly [path: string, method: string, operation: Operation])[] = [
  ['/sso/authorize', 'PUT', authorize],
  ['/sso/token', 'PUT', token],
  ['/sso/session/user', 'GET', sessionUser],
  ['/sso/session/revoke', 'DELETE', revoke],
]

export function mountUltraCart(
  app: Hono<SandboxEnv>,
  context: UltraCartContext,
  logins: LoginDecisions,
): void {
  app.all(`${BASE_PATH}/*`, ({ env: { call } }) => operate(call, context))
  const tokens = createFormTokens()
  app.on(['GET', 'POST'], LOGIN_PATH, ({ env: { call } }) => {
    call.record.service = 'ultracart'
    return loginPage(call, context, { logins, tokens })
  })
  app.get(CALLBACK_PATH, ({ env: { call } }) => {
    call.record.service = 'ultracart'
    checkHost(call, context.origin)
    return callbackPage(call)
  })
}

async function operate(call: Call, context: UltraCartContext): Promise<Response> {
  const path = call.path.slice(BASE_PATH.length)
  if (call.ownAnswers.has(call)) {
    const own = await call.ownAnswers.answer(call, checkAnyCredential(call, context))
    if (own) return own
  }
  const found = OPERATIONS.find(([candidate]) => candidate === path)
  check(call, found !== undefined, {
    name: 'path',
    detail: 'one of the four operations',
    refuse: () => failure(call.record, { status: 404, message: 'Resource not found' }),
  })
  const [, method, operation] = found
  check(call, call.record.method === method, {
    name: 'method',
    detail: `${method} is required`,
    refuse: () =>
      failure(call.record, {
        status: 405,
        message: 'Method not allowed',
        headers: { allow: method },
      }),
  })
  return operation(call, context)
}
