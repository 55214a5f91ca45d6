/** How the two services tell the trading API who is asking. */
import type { Call } from '../call.ts'
import type { SocketSignIn } from '../ibkr-stream/stream-login.ts'
import type { SignIn } from './sign-in.ts'

/** Who may come in: by a signature or a bearer, or to the stream by what stands in its address. */
export interface Authenticator {
  /** Judges a request; ends it with a refusal when nobody may come in. */
  readonly request: (call: Call) => SignIn | Promise<SignIn>
  /** Judges the upgrade of a socket, the same way. */
  readonly socket: (call: Call) => SocketSignIn
  /** Whom a token is for, whether it is good or not any more. */
  readonly usernameOf: (token: string) => string | undefined
}

export interface Authenticators {
  readonly oauth1: Authenticator
  /** `undefined` where the sandbox has no OAuth 2.0 client. */
  readonly sso: Authenticator | undefined
}
