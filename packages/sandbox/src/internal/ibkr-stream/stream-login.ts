/** Who may open a socket, and what the upgrade came with. */
import type { SignIn } from '../ibkr-api/sign-in.ts'

/** A sign-in of a socket: it was let in once, and ends with what let it in. */
export interface SocketSignIn extends Pick<SignIn, 'username' | 'accountId' | 'holder'> {
  readonly isAlive: (now: number) => boolean
}

/** Whom an upgrade was granted to, and what it came with. */
export interface StreamLogin {
  readonly signIn: SocketSignIn
  /** The session id of the `api` cookie. */
  readonly cookie: string | undefined
  readonly hadCookie: boolean
  readonly userAgent: string | null
}
