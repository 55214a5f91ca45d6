/** What a person decides about a login, on the login page or in a test. */
import { type LoginProblem, loginProblem } from '../login-problem.ts'
import type { Login, UltraCartContext } from './context.ts'
import { freshKey } from './credentials.ts'
import { withAnswer } from './redirect-uri.ts'
import { USERS } from './users.ts'

export interface LoginDecisions {
  /** The login while it can be decided on, else why it cannot. */
  find(id: string, now: number): Login | LoginProblem
  /** The address that the browser is sent to; `undefined` for a user whom the page does not offer. */
  approve(
    login: Login,
    as: { readonly user: string; readonly userAgent: string; readonly now: number },
  ): string | undefined
  refuse(login: Login): string
  /** Tells the application that the time for it is over. */
  expire(login: Login): string
}

export function createLoginDecisions({ logins, codes, options }: UltraCartContext): LoginDecisions {
  const conclude = (login: Login, answer: Readonly<Record<string, string>>) => {
    login.decided = true
    const { redirectUri, state } = login
    return withAnswer(redirectUri, { ...answer, ...(state !== undefined && { state }) })
  }
  return {
    find(id, now) {
      const login = logins.get(id)
      if (!login) return loginProblem('unknown', 'this is not a login of this sandbox')
      if (login.decided) return loginProblem('used', 'this login was already decided on')
      if (now < login.expiresAtMs) return login
      return loginProblem('expired', 'this login has expired')
    },
    approve(login, { user: name, userAgent, now }) {
      const user = USERS.find(({ login: candidate }) => candidate === name)
      if (!user) return undefined
      const code = freshKey()
      codes.set(code, {
        application: login.application,
        userId: user.user_id,
        userAgent,
        expiresAtMs: now + options.codeLifetimeMs,
        used: false,
      })
      return conclude(login, { code })
    },
    refuse: (login) =>
      conclude(login, { error: 'access_denied', error_description: 'The user refused' }),
    // The word that the vendor's OAuth samples have for an address that has expired.
    expire: (login) =>
      conclude(login, { error: 'invalid_request', error_description: 'The login has expired' }),
  }
}
