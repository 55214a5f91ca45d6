/** What a person decides about a request token, on the consent page or in a test. */
import { randomHex } from '../crypto/bytes.ts'
import { type LoginProblem, loginProblem } from '../login-problem.ts'
import type { Registry, RequestToken } from './consumer.ts'

export interface Consent {
  /** The request token while it can be decided on, else why it cannot. */
  find(token: string, now: number): RequestToken | LoginProblem
  /** Parameters of the callback; the token cannot be decided on again. */
  approve(token: RequestToken): ConsentResult
  refuse(token: RequestToken): ConsentResult
}

/** What the callback's query gets: a verifier, or the word for a refusal. */
export type ConsentResult = Readonly<Record<string, string>>

export function createConsent({ requestTokens }: Registry): Consent {
  return {
    find(name, now) {
      const token = requestTokens.get(name)
      if (!token)
        return loginProblem('unknown', 'oauth_token is not a request token of this sandbox')
      if (now >= token.expiresAtMs) return loginProblem('expired', 'the request token has expired')
      if (!token.spent && token.verifier === undefined) return token
      return loginProblem('used', 'the request token was already decided on')
    },
    approve(token) {
      token.verifier = randomHex(10)
      return { oauth_token: token.token, oauth_verifier: token.verifier }
    },
    refuse(token) {
      token.spent = true
      // RFC 5849 has no word for a refusal; this is the one of the Problem Reporting extension.
      return { oauth_token: token.token, oauth_problem: 'user_refused' }
    },
  }
}

/** A callback with what was decided behind what its query holds already. */
export function callbackWith(callback: string, result: ConsentResult): URL {
  const location = new URL(callback)
  for (const [name, value] of Object.entries(result)) location.searchParams.append(name, value)
  return location
}
