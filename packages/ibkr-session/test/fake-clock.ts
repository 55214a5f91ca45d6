/** Fake timers for the tests of a file. In Node alone. */

import type { BrokerageSessionOptions } from '@isoauth/ibkr-session'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { makeBroker, NOW_MS, type Setup, setUp } from './support.ts'

/** Each test begins at `NOW_MS`; the function returned lets milliseconds pass. */
export function useFakeClock(): (ms: number) => Promise<unknown> {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW_MS })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  return (ms) => vi.advanceTimersByTimeAsync(ms)
}

/** The time of the timers, read on each use; what moves a clock of a test's own moves nothing of it. */
export const timersTime: Setup['time'] = {
  get now() {
    return Date.now()
  },
  set now(_: number) {},
}

/** A session and a broker that go by the timers. */
export function setUpByTimers(options: Partial<BrokerageSessionOptions> = {}): Setup {
  return setUp(options, { broker: makeBroker(timersTime), time: timersTime })
}

/** The broker loses the session, and a call finds that out and has it opened again. */
export async function reopenByCall(
  pass: (ms: number) => Promise<unknown>,
  { broker, session }: Setup,
): Promise<void> {
  broker.isOpen = false
  const call = session.fetch('/iserver/account/trades')
  await pass(5000)
  expect((await call).status).toBe(200)
}
