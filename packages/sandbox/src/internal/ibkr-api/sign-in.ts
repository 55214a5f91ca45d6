/** Who is signed in to the resources of `/v1/api`, whichever way that happened. */
/** The base that every current client uses. */
export const BASE_PATH = '/v1/api'

/** A person whose accounts can be reached. */
export interface SandboxUser {
  readonly username: string
  readonly accountId: string
}

/** The person whom both ready-made clients act for. */
export const FIRST_USER: SandboxUser = { username: 'sandboxuser', accountId: 'DU1234567' }

/** A user as signed in by a live session token or by an SSO bearer. */
export interface SignIn extends SandboxUser {
  /** Tells the sign-ins of one user apart: only one of them holds the brokerage session. */
  readonly holder: string
  readonly signedInAtMs: number
  /** How long it lasts from now on without a further request, in milliseconds. */
  readonly expiresInMs: number
  /** Ends it, where `/logout` does. */
  readonly end?: (() => void) | undefined
}
