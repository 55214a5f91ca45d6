/** What members of a fleet are made with, whatever it is that they ask for. */
import type { TokenSourceEvent, TokenSourceOptions } from '../src/internal/token-source.ts'
import { newError } from './support.ts'

export interface Token {
  readonly id: number
  readonly expiresAtMs: number
  readonly obtainedAtMs: number
}

export const HOUR_MS = 3_600_000

/** A clock, the events that were told, and the options that are the same for all. */
export function memberOptions() {
  const time = { now: 1_000_000 }
  const events: TokenSourceEvent[] = []
  const common = {
    packageName: 'test',
    identity: ['a'],
    newError,
    timeoutMs: 20_000,
    now: () => time.now,
    onEvent: (event: TokenSourceEvent) => void events.push(event),
  }
  return { time, events, common }
}

/** How a source knows and keeps its tokens. */
export const ofTokens: Pick<
  TokenSourceOptions<Token, number>,
  'matches' | 'serialize' | 'deserialize'
> = {
  matches: (token, replacing) => token.id === replacing,
  serialize: (token) => JSON.stringify(token),
  deserialize: (text) => JSON.parse(text) as Token,
}
