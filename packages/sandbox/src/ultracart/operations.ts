/** The four operations of single sign-on. */
import { type Call, check } from '../internal/call.ts'
import { answer, failure, noContent } from './answers.ts'
import { forgetOld, LOGIN_PATH, type UltraCartContext } from './context.ts'
import { checkApplication, checkUserSession } from './credential.ts'
import { freshKey } from './credentials.ts'
import { easternDateTime } from './date-time.ts'
import { isAllowedRedirectUri, redirectUriProblem } from './redirect-uri.ts'
import { checkHead, readFields } from './request-form.ts'
import { USERS, userAnswer } from './users.ts'

/** `PUT /sso/authorize` (ssoAuthorize): the address of a login page. */
export async function authorize(call: Call, context: UltraCartContext): Promise<Response> {
  const application = checkApplication(call, context)
  checkHead(call)
  const { redirect_uri: redirectUri, state } = await readFields(call)
  const refuse = (field: string) => () => failure(call.record, 400, `Invalid ${field}`)
  const problem = redirectUriProblem(redirectUri)
  check(call, 'redirect-uri', problem === undefined, problem ?? 'usable', refuse('redirect_uri'))
  check(
    call,
    'redirect-uri',
    isAllowedRedirectUri(String(redirectUri), context.redirectUri),
    'the registered one, or one on loopback, is required',
    refuse('redirect_uri'),
  )
  check(
    call,
    'state',
    state === undefined || (typeof state === 'string' && /^[\x20-\x7e]{1,1024}$/.test(state)),
    'absent, or 1 to 1024 printable ASCII characters',
    refuse('state'),
  )
  forgetOld(context, call.now)
  const id = freshKey()
  const expiresAtMs = call.now + context.options.loginLifetimeMs
  context.logins.set(id, {
    application,
    redirectUri: String(redirectUri),
    state,
    expiresAtMs,
    decided: false,
  })
  context.counts.ultracartLogins++
  return answer(call.record, {
    login_url: `${context.origin}${LOGIN_PATH}?id=${id}`,
    expiration_dts: easternDateTime(expiresAtMs),
  })
}

/** `PUT /sso/token` (ssoToken): a user's key for a code, once. */
export async function token(call: Call, context: UltraCartContext): Promise<Response> {
  const application = checkApplication(call, context)
  checkHead(call)
  const { code: name, grant_type: grantType } = await readFields(call)
  const refuse = () => failure(call.record, 400, 'Invalid code')
  check(call, 'grant-type', grantType === 'simple_key', 'simple_key is required', () =>
    failure(call.record, 400, 'Invalid grant_type'),
  )
  const code = typeof name === 'string' ? context.codes.get(name) : undefined
  check(call, 'code', code !== undefined, 'a code of this sandbox is required', refuse)
  check(call, 'code', code.application === application, 'it is of another application', refuse)
  check(call, 'code', !code.used, 'it may be exchanged once', refuse)
  check(call, 'code', call.now < code.expiresAtMs, 'it must not have expired', refuse)
  code.used = true
  const simpleKey = freshKey()
  const expiresAtMs = call.now + context.options.sessionLifetimeMs
  context.sessions.set(simpleKey, {
    userId: code.userId,
    startedAtMs: call.now,
    expiresAtMs,
    userAgent: code.userAgent,
    revoked: false,
  })
  context.counts.ultracartSessions++
  return answer(call.record, {
    simple_key: simpleKey,
    expiration_dts: easternDateTime(expiresAtMs),
    // The sandbox listens on loopback, so people come from there.
    ip_address: '127.0.0.1',
  })
}

/** `GET /sso/session/user` (getSsoSessionUser): the user, bare. */
export function sessionUser(call: Call, context: UltraCartContext): Response {
  const session = checkUserSession(call, context)
  checkHead(call)
  const user = USERS.find(({ user_id }) => user_id === session.userId) ?? USERS[0]
  context.counts.authorized++
  return answer(call.record, userAnswer(user, session))
}

/** `DELETE /sso/session/revoke` (ssoSessionRevoke): the key is dead, nothing is said. */
export function revoke(call: Call, context: UltraCartContext): Response {
  const session = checkUserSession(call, context)
  checkHead(call)
  session.revoked = true
  context.counts.authorized++
  context.counts.ultracartRevocations++
  return noContent(call.record)
}
