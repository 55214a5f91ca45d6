/** Conditions of the broker's side that come and go by the sandbox's clock: resets, maintenance, refusals. */

/**
 * What can be the matter with the brokerage sessions:
 *
 * - `not-established`: authenticated and connected, never ready; the accounts are `{}`
 * - `competing`: `competing` is true beside `authenticated`, as some users saw it
 * - `no-bridge`: the flags are good, and `/iserver` answers 400 `no bridge`
 * - `reset`: the session is over, and `/iserver` answers 503
 * - `maintenance`: the session is over, all of `/v1/api` answers 503 with a page, sockets are closed
 * - `gone`: `ssodh/init` answers 410
 * - `sso-dh-failure`: `ssodh/init` answers 500 `failed to generate sso dh token`
 * - `fail`: `ssodh/init` and `auth/status` answer 200 with a text in `fail`, and nobody is authenticated
 */
export type BrokerState =
  | 'not-established'
  | 'competing'
  | 'no-bridge'
  | 'reset'
  | 'maintenance'
  | 'gone'
  | 'sso-dh-failure'
  | 'fail'

/** @internal */
export const BROKER_STATES: readonly BrokerState[] = [
  'not-established',
  'competing',
  'no-bridge',
  'reset',
  'maintenance',
  'gone',
  'sso-dh-failure',
  'fail',
]

/** @internal One state with its time and whom it is for. */
export interface StateSpan {
  readonly state: BrokerState
  /** First millisecond of it by the sandbox's clock. */
  readonly fromMs: number
  /** First millisecond after it; `Infinity` until it is taken back. */
  readonly untilMs: number
  /** Every user name when `undefined`. */
  readonly username: string | undefined
  /** What stands in `fail`. */
  readonly text: string
}

/** @internal */
export class BrokerStates {
  #spans: StateSpan[] = []

  add(span: StateSpan): void {
    this.#spans.push(span)
  }

  clear(): void {
    this.#spans = []
  }

  /** The states that have not passed, those to come included. */
  pending(now: number): readonly StateSpan[] {
    return this.#spans.filter(({ untilMs }) => untilMs > now)
  }

  find(state: BrokerState, username: string | undefined, now: number): StateSpan | undefined {
    return this.#spans.find(
      (span) =>
        span.state === state &&
        span.fromMs <= now &&
        now < span.untilMs &&
        (span.username === undefined || span.username === username),
    )
  }

  /** True when a reset or a maintenance began within the time, whether somebody noticed or not. */
  endedSession(username: string, sinceMs: number, now: number): boolean {
    return this.#spans.some(
      (span) =>
        (span.state === 'reset' || span.state === 'maintenance') &&
        (span.username === undefined || span.username === username) &&
        span.fromMs <= now &&
        span.untilMs > sinceMs,
    )
  }
}
