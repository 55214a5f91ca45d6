/** Runs the handshake step by step; each result is one step of the trail, the failed one the last. */
import { CodedError } from '@isoauth/core-crypto'
import type { Failure, Message, TrailStep } from '../../trail.ts'
import { type HandshakeOptions, type HandshakeSession, handshake } from './handshake.ts'
import { PLAN, type PlannedStep } from './plan.ts'
import { isNoAnswer, NO_ANSWER, StepFailed } from './service.ts'

export interface Runner {
  /** The step that comes next; `undefined` at the end and after a failure. */
  readonly next: PlannedStep | undefined
  /** Its number, from 1. */
  readonly number: number
  run(): Promise<TrailStep>
  /** Once every step succeeded. */
  readonly session: HandshakeSession | undefined
}

export function createRunner(options: HandshakeOptions): Runner {
  const steps = handshake(options)
  let done = 0
  let failed = false
  let session: HandshakeSession | undefined
  return {
    get next() {
      return failed ? undefined : PLAN[done]
    },
    get number() {
      return done + 1
    },
    get session() {
      return session
    },
    async run() {
      const { title, messages } = PLAN[done] as PlannedStep
      const start = performance.now()
      const step = { title, lane: 0, messages }
      try {
        const { value } = await steps.next()
        const ms = performance.now() - start
        done++
        const outcome = value as Exclude<typeof value, HandshakeSession>
        if (done === PLAN.length) session = (await steps.next()).value as HandshakeSession
        return { ...step, ms, ...outcome }
      } catch (error) {
        failed = true
        const ms = performance.now() - start
        const { fields = [], answered = 'no answer' } = error instanceof StepFailed ? error : {}
        const failure = describe(error)
        const travelled = withAnswer(messages, answered)
        return { ...step, messages: travelled, ms, said: '', verified: [], fields, failure }
      }
    },
  }
}

/** What travels when the broker does not give what it was asked for. */
function withAnswer(messages: readonly Message[], label: string): Message[] {
  return messages.map((message) => (message.from === 0 ? message : { ...message, label }))
}

/** What a person is told of an error: messages of this project hold no secret. */
function describe(error: unknown): Failure {
  if (error instanceof StepFailed) return error.failure
  if (isNoAnswer(error)) return { message: `${NO_ANSWER} Start again.` }
  if (error instanceof CodedError) return { code: error.code, message: error.message }
  return { message: 'The step failed for a reason this page does not know. Start again.' }
}
