/** Who is asking: exactly one credential, and of the kind that the operation takes. */
import { type Call, check } from '../internal/call.ts'
import { failure } from './answers.ts'
import type { Application, UltraCartContext, UserSession } from './context.ts'

export const SIMPLE_KEY_HEADER = 'x-ultracart-simple-key'
export const BROWSER_KEY_HEADER = 'x-ultracart-browser-key'

/** The application, for `authorize` and `token`. */
export function checkApplication(call: Call, context: UltraCartContext): Application {
  const { simpleKey, bearer } = oneCredential(call)
  const refuse = () => failure(call.record, 401, 'Invalid credentials')
  const found =
    simpleKey === undefined
      ? context.accessTokens.get(bearer ?? '')
      : context.applications.get(simpleKey)
  const userKey = simpleKey !== undefined && context.sessions.has(simpleKey)
  const detail = userKey
    ? "the application's key is required here, not a user's"
    : 'a key or access token of an authorized application'
  check(call, 'key', found !== undefined, detail, refuse)
  check(call, 'application', found.standing !== 'disabled', 'it must not be disabled', () =>
    failure(call.record, 410, 'The authorized application has been disabled'),
  )
  check(call, 'permission', found.standing === 'active', 'sso_write is required', () =>
    failure(call.record, 403, 'Permission denied'),
  )
  return found
}

/** The user's session, for `session/user` and `session/revoke`. */
export function checkUserSession(call: Call, context: UltraCartContext): UserSession {
  const { simpleKey } = oneCredential(call)
  const refuse = () => failure(call.record, 401, 'Invalid credentials')
  check(
    call,
    'key',
    simpleKey !== undefined && !context.applications.has(simpleKey),
    "the user's key is required here, not the application's",
    refuse,
  )
  const session = context.sessions.get(simpleKey)
  check(call, 'key', session !== undefined, 'a key that was issued for a user', refuse)
  check(call, 'session', !session.revoked, 'it must not be revoked', refuse)
  check(call, 'session', call.now < session.expiresAtMs, 'it must not have expired', refuse)
  return session
}

function oneCredential(call: Call): { simpleKey: string | undefined; bearer: string | undefined } {
  const { headers } = call.request
  const simpleKey = headers.get(SIMPLE_KEY_HEADER) ?? undefined
  const authorization = headers.get('authorization')
  const refuse = () => failure(call.record, 401, 'Invalid credentials')
  check(
    call,
    'credential',
    !headers.has(BROWSER_KEY_HEADER),
    'a browser key is not for single sign-on',
    refuse,
  )
  const one = (simpleKey === undefined) !== (authorization === null)
  check(call, 'credential', one, 'a simple key or an access token, exactly one', refuse)
  const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  const readable = authorization === null || bearer !== undefined
  check(call, 'credential', readable, 'Authorization: Bearer <access token>', refuse)
  return { simpleKey, bearer }
}
