/** The API base of the UltraCart service, and its pages. */
import type { Hono } from 'hono'
import { type Call, check, checkHost, type SandboxEnv } from '../call.ts'
import { createFormTokens } from '../page.ts'
import { failure } from './answers.ts'
import { callbackPage } from './callback-page.ts'
import type { UltraCartContext } from './context.ts'
import { checkAnyCredential, checkApplication, checkUserSession } from './credential.ts'
import type { LoginDecisions } from './login-decision.ts'
import { loginPage } from './login-page.ts'
import { authorize, revoke, sessionUser, token } from './operations.ts'
import { BASE_PATH, CALLBACK_PATH, LOGIN_PATH } from './paths.ts'
import { checkHead } from './request-form.ts'

type Operation = (call: Call, context: UltraCartContext) => Response | Promise<Response>

const OPERATIONS: readonly (readonly [
  path: string,
  method: string,
  operation: Operation,
  checkCredential: (call: Call, context: UltraCartContext) => unknown,
])[] = [
  ['/sso/authorize', 'PUT', authorize, checkApplication],
  ['/sso/token', 'PUT', token, checkApplication],
  ['/sso/session/user', 'GET', sessionUser, checkUserSession],
  ['/sso/session/revoke', 'DELETE', revoke, checkUserSession],
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
  const isAnswered = call.ownAnswers.has(call)
  const answerByTest = () => call.ownAnswers.answer(call, checkAnyCredential(call, context))
  const found = OPERATIONS.find(([candidate]) => candidate === path)
  if (isAnswered && !found) {
    const own = await answerByTest()
    if (own) return own
  }
  check(call, found !== undefined, {
    name: 'path',
    detail: 'one of the four operations',
    refuse: () => failure(call.record, { status: 404, message: 'Resource not found' }),
  })
  const [, method, operation, checkCredential] = found
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
  if (isAnswered) {
    checkCredential(call, context)
    checkHead(call)
    const own = await answerByTest()
    if (own) return own
  }
  return operation(call, context)
}
