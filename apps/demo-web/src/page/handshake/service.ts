/** The sandbox, as the handshake reaches it: its address, its answers, its record of what it checked. */
import { hasCode } from '@isoauth/core-crypto'
import type { Failure, Field } from '../../trail.ts'

export interface Service {
  readonly origin: string
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>
}

export const NO_ANSWER = 'The sandbox does not answer. Is it still running?'

/**
 * Whether a request got no answer. Page and sandbox share an origin, so that the usual cause in a page, which a
 * client's message names, is not the one here. What `fetch` itself throws is a `TypeError`.
 */
export function isNoAnswer(error: unknown): boolean {
  const isOfClient = hasCode(error, 'IBKR_SESSION_NETWORK') || hasCode(error, 'IBKR_OAUTH1_NETWORK')
  return isOfClient || error instanceof TypeError
}

/** A step that did not succeed, with what a person needs to know about it. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly failure: Failure
  readonly fields: readonly Field[]
  /** What the broker's answer carried, for the drawing; `undefined` where none came. */
  readonly answered: string | undefined

  constructor(
    message: string,
    {
      fields = [],
      answered,
      ...about
    }: Omit<Failure, 'message'> & {
      readonly fields?: readonly Field[]
      readonly answered?: string
    } = {},
  ) {
    super(message)
    this.failure = { message, ...about }
    this.fields = fields
    this.answered = answered
  }
}

interface Record {
  readonly path: string
  readonly refused: string | null
  readonly checks: readonly {
    readonly name: string
    readonly ok: boolean
    readonly detail?: string
  }[]
}

/** What the sandbox noted of the newest request to a path. */
export interface Judgement {
  readonly passed: readonly string[]
  readonly refused: string | undefined
}

export async function judgementOf(service: Service, path: string): Promise<Judgement> {
  const response = await service.fetch(`${service.origin}/__sandbox/requests`)
  const records = (await response.json()) as readonly Record[]
  const record = records.filter((entry) => entry.path === path).at(-1)
  const passed = record?.checks.filter(({ ok }) => ok).map(({ name }) => name) ?? []
  return { passed: [...new Set(passed)], refused: record?.refused ?? undefined }
}
