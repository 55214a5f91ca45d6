/** What the resources of `/v1/api` are given. */
import type { Call } from '../call.ts'
import type { Broker } from './broker.ts'
import type { BrokerageSession } from './brokerage-session.ts'
import type { SignIn } from './sign-in.ts'

/** What a resource answers from. */
export interface ApiContext {
  readonly broker: Broker
  readonly signIn: SignIn
  /** What stands in the path where the row has a name in braces. */
  readonly parameters: Readonly<Record<string, string>>
  /** The brokerage session, when it is this sign-in's and ready. */
  readonly session: BrokerageSession | undefined
}

export type Resource = (call: Call, context: ApiContext) => Response | Promise<Response>
