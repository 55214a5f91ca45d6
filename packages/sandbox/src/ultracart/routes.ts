/** The API base of the UltraCart service, and its pages. */
import type { Hono } from 'hono'
import { type Call, check, type SandboxEnv } from '../internal/call.ts'
import { createFormTokens } from '../internal/page.ts'
import { failure } from './answers.ts'
import { callbackPage } from './callback-page.ts'
import { BASE_PATH, CALLBACK_PATH, LOGIN_PATH, type UltraCartContext } from './context.ts'
import { loginPage } from './login-page.ts'
import { authorize, revoke, sessionUser, token } from './operations.ts'

type Operation = (call: Call, context: UltraCartContext) => Response | Promise<Response>

const OPERATIONS: readonly (readonly [path: string, method: string, operation: Operation])[] = [
  ['/sso/authorize', 'PUT', authorize],
  ['/sso/token', 'PUT', token],
  ['/sso/session/user', 'GET', sessionUser],
  ['/sso/session/revoke', 'DELETE', revoke],
]

/** True for what the API answers, not for the pages. */
export function isUltraCartPath(path: string): boolean {
  return path.startsWith(`${BASE_PATH}/`)
}

/** True for the pages that people see. */
export function isUltraCartPage(path: string): boolean {
  return path === LOGIN_PATH || path === CALLBACK_PATH
}

export function mountUltraCart(app: Hono<SandboxEnv>, context: UltraCartContext): void {
  app.all(`${BASE_PATH}/*`, ({ env: { call } }) => operate(call, context))
  const tokens = createFormTokens()
  app.on(['GET', 'POST'], LOGIN_PATH, ({ env: { call } }) => {
    call.record.service = 'ultracart'
    return loginPage(call, context, tokens)
  })
  app.get(CALLBACK_PATH, ({ env: { call } }) => {
    call.record.service = 'ultracart'
    return callbackPage(call)
  })
}

async function operate(call: Call, context: UltraCartContext): Promise<Response> {
  const path = call.path.slice(BASE_PATH.length)
  const found = OPERATIONS.find(([candidate]) => candidate === path)
  check(call, 'path', found !== undefined, 'one of the four operations', () =>
    failure(call.record, 404, 'Resource not found'),
  )
  const [, method, operation] = found
  check(call, 'method', call.record.method === method, `${method} is required`, () =>
    failure(call.record, 405, 'Method not allowed', { allow: method }),
  )
  return operation(call, context)
}
