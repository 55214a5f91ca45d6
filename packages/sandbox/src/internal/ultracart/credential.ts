/** Who is asking: exactly one credential, and of the kind that the operation takes. */
import { type Call, check, checkNotExpired } from '../call.ts'
import { failure } from './answers.ts'
import type { Application, UltraCartContext, UserSession } from './context.ts'
import { USERS } from './users.ts'

export const SIMPLE_KEY_HEADER = 'x-ultracart-simple-key'
export const BROWSER_KEY_HEADER = 'x-ultracart-browser-key'

/** The application, for `authorize` and `token`. */
export function checkApplication(call: Call, context: UltraCartContext): Application {
  const { simpleKey, bearer } = oneCredential(call)
  const refuse = () => failure(call.record, { status: 401, message: 'Invalid credentials' })
  const found =
    simpleKey === undefined
      ? context.accessTokens.get(bearer ?? '')
      : context.applications.get(simpleKey)
  const userKey = simpleKey !== undefined && context.sessions.has(simpleKey)
  const detail = userKey
    ? "the application's key is required here, not a user's"
    : 'a key or access token of an authorized application'
  check(call, found !== undefined, { name: 'key', detail, refuse })
  check(call, found.standing !== 'disabled', {
    name: 'application',
    detail: 'it must not be disabled',
    refuse: () =>
      failure(call.record, {
        status: 410,
        message: 'The authorized application has been disabled',
      }),
  })
  check(call, found.standing === 'active', {
    name: 'permission',
    detail: 'sso_write is required',
    refuse: () => failure(call.record, { status: 403, message: 'Permission denied' }),
  })
  return found
}

/** The application or a user, for calls that are answered by a test: whose credential it is. */
export function checkAnyCredential(call: Call, context: UltraCartContext): string {
  const key = call.request.headers.get(SIMPLE_KEY_HEADER) ?? ''
  if (!context.sessions.has(key)) {
    checkApplication(call, context)
    return 'application'
  }
  const { userId } = checkUserSession(call, context)
  return (USERS.find(({ user_id }) => user_id === userId) ?? USERS[0]).login
}

/** The user's session, for `session/user` and `session/revoke`. */
export function checkUserSession(call: Call, context: UltraCartContext): UserSession {
  const { simpleKey } = oneCredential(call)
  const refuse = () => failure(call.record, { status: 401, message: 'Invalid credentials' })
  check(call, simpleKey !== undefined && !context.applications.has(simpleKey), {
    name: 'key',
    detail: `the user's key is required here, not the application's, as ${SIMPLE_KEY_HEADER}`,
    refuse,
  })
  const session = context.sessions.get(simpleKey)
  check(call, session !== undefined, {
    name: 'key',
    detail: 'a key that was issued for a user',
    refuse,
  })
  check(call, !session.revoked, { name: 'session', detail: 'it must not be revoked', refuse })
  checkNotExpired(call, session, { name: 'session', refuse })
  return session
}

function oneCredential(call: Call): { simpleKey: string | undefined; bearer: string | undefined } {
  const { headers } = call.request
  const simpleKey = headers.get(SIMPLE_KEY_HEADER) ?? undefined
  const authorization = headers.get('authorization')
  const refuse = () => failure(call.record, { status: 401, message: 'Invalid credentials' })
  check(call, !headers.has(BROWSER_KEY_HEADER), {
    name: 'credential',
    detail: 'a browser key is not for single sign-on',
    refuse,
  })
  const one = (simpleKey === undefined) !== (authorization === null)
  check(call, one, {
    name: 'credential',
    detail: 'a simple key or an access token, exactly one',
    refuse,
  })
  const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  const readable = authorization === null || bearer !== undefined
  check(call, readable, {
    name: 'credential',
    detail: 'Authorization: Bearer <access token>',
    refuse,
  })
  return { simpleKey, bearer }
}
