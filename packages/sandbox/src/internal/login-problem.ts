/** Why nobody can decide on a login: what a page tells a person, and a test gets as an error's code. */

export interface LoginProblem {
  readonly problem: 'unknown' | 'expired' | 'used'
  /** For people, without a full stop. */
  readonly text: string
}

export function loginProblem(problem: LoginProblem['problem'], text: string): LoginProblem {
  return { problem, text }
}

export function isLoginProblem(value: object): value is LoginProblem {
  return 'problem' in value
}
