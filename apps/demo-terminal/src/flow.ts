/** A flow: one way to sign in, from credentials to an authorized call. One file of `flows/` each. */
import type { Sandbox } from '@isoauth/sandbox'
import type { Steps } from './steps.ts'

export interface FlowContext {
  readonly sandbox: Sandbox
  readonly steps: Steps
}

export interface Flow<Context = FlowContext> {
  readonly title: string
  run(context: Context): Promise<void>
}
