/** Scopes (RFC 6749 section 3.3): what the client may do, and how much of it was asked for. */
import { type Call, check } from '../call.ts'
import { simpleProblem } from './problem-details.ts'

/** Every scope that something in the sandbox asks for. */
export const SCOPES: readonly string[] = [
  'echo.read',
  'echo.write',
  'sso-sessions.write',
  'sso-browser-sessions.write',
]

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

/** True for text that can stand alone as a scope. */
export function isScopeToken(text: unknown): boolean {
  return typeof text === 'string' && SCOPE.test(text) && !text.includes(' ')
}

/** The part of the asked scopes that the client may have; all that it may have when none is named. */
export function grantScopes(
  call: Call,
  asked: string | undefined,
  allowed: readonly string[],
): readonly string[] {
  if (asked === undefined) return allowed
  const refuse = () => simpleProblem(400, 'Invalid scope')
  check(call, SCOPE.test(asked), {
    name: 'scope',
    detail: 'scopes joined by one space each',
    refuse,
  })
  const granted = allowed.filter((scope) => asked.split(' ').includes(scope))
  const detail = `of what was asked, this client may have: ${granted.join(' ') || 'nothing'}`
  check(call, granted.length > 0, { name: 'scope', detail, refuse })
  return granted
}
