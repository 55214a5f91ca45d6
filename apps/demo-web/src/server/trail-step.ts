/** Steps that the server takes for the page, timed. */
import { CodedError } from '@isoauth/core-crypto'
import type { Failure, Message, TrailStep } from '../trail.ts'

export type StepText = Pick<TrailStep, 'title' | 'messages'> & { readonly lane?: number }
export type StepProof = Pick<TrailStep, 'said' | 'verified' | 'fields'>

export interface Trail {
  readonly steps: TrailStep[]
  /**
   * Runs a step and adds it, failed or not.
   *
   * @returns what the work gave, or `undefined` once the failure is told
   */
  run<T>(
    text: StepText,
    work: () => T | Promise<T>,
    proof: (value: T) => StepProof,
  ): Promise<T | undefined>
}

/** What travels between the three lanes: the browser, the server, which takes the steps, and the service. */
export function fromBrowser(label: string): Message {
  return { from: 0, to: 1, label }
}

export function toService(label: string): Message {
  return { from: 1, to: 2, label }
}

export function fromService(label: string): Message {
  return { from: 2, to: 1, label }
}

export function toBrowser(label: string): Message {
  return { from: 1, to: 0, label }
}

export function createTrail(steps: TrailStep[] = []): Trail {
  return {
    steps,
    async run({ title, messages, lane = 1 }, work, proof) {
      const start = performance.now()
      const step = { title, messages, lane }
      try {
        const value = await work()
        steps.push({ ...step, ms: performance.now() - start, ...proof(value) })
        return value
      } catch (error) {
        const ms = performance.now() - start
        const failure = describe(error)
        const nothing = { said: '', verified: [], fields: [] }
        steps.push({ ...step, messages: withRefusal(messages), ms, ...nothing, failure })
        return undefined
      }
    },
  }
}

/** What travels when a step fails: whoever asked is told of a refusal in the place of what was asked for. */
function withRefusal(messages: readonly Message[]): Message[] {
  return messages.map((message) =>
    message.to < message.from ? { ...message, label: 'refused' } : message,
  )
}

/** Messages of this project hold no secret; those of others stay here. */
function describe(error: unknown): Failure {
  if (error instanceof CodedError) return { code: error.code, message: error.message }
  return { message: 'The server of the demo failed for a reason it does not know.' }
}
