/** The four operations of single sign-on. */
import { type Call, check, checkNotExpired } from '../call.ts'
import { answer, failure, noContent } from './answers.ts'
import { forgetOld, type UltraCartContext } from './context.ts'
import { checkApplication, checkUserSession } from './credential.ts'
import { freshKey } from './credentials.ts'
import { easternDateTime } from './date-time.ts'
import { LOGIN_PATH } from './paths.ts'
import { isAllowedRedirectUri, redirectUriProblem } from './redirect-uri.ts'
import { checkHead, readFields } from './request-form.ts'
import { USERS, userAnswer } from './users.ts'

/** `PUT /sso/authorize` (ssoAuthorize): the address of a login page. */
export async function authorize(call: Call, context: UltraCartContext): Promise<Response> {
  const application = checkApplication(call, context)
  checkHead(call)
  const { redirect_uri: redirectUri, state } = await readFields(call)
  const refuse = (field: string) => () =>
    failure(call.record, { status: 400, message: `Invalid ${field}` })
  const problem = redirectUriProblem(redirectUri)
  check(call, problem === undefined, {
    name: 'redirect-uri',
    detail: problem ?? 'usable',
    refuse: refuse('redirect_uri'),
  })
  check(call, isAllowedRedirectUri(String(redirectUri), context.redirectUri), {
    name: 'redirect-uri',
    detail: 'the registered one, or one on loopback, is required',
    refuse: refuse('redirect_uri'),
  })
  check(
    call,
    state === undefined || (typeof state === 'string' && /^[\x20-\x7e]{1,1024}$/.test(state)),
    {
      name: 'state',
      detail: 'absent, or 1 to 1024 printable ASCII characters',
      refuse: refuse('state'),
    },
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
  const refuse = () => failure(call.record, { status: 400, message: 'Invalid code' })
  check(call, grantType === 'simple_key', {
    name: 'grant-type',
    detail: 'simple_key is required',
    refuse: () => failure(call.record, { status: 400, message: 'Invalid grant_type' }),
  })
  const code = typeof name === 'string' ? context.codes.get(name) : undefined
  check(call, code !== undefined, {
    name: 'code',
    detail: 'a code of this sandbox is required',
    refuse,
  })
  check(call, code.application === application, {
    name: 'code',
    detail: 'it is of another application',
    refuse,
  })
  check(call, !code.used, { name: 'code', detail: 'it may be exchanged once', refuse })
  checkNotExpired(call, code, { name: 'code', refuse })
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
