/** A server whose clock is an hour ahead, and a client that finds it out. */
import type { Sandbox } from '@isoauth/sandbox'
import { expect } from './authorized-call.ts'

const HOUR_MS = 3_600_000

interface Repair {
  /** Where the clock is off. */
  readonly path: string
  /** How many requests it takes, the repair included. */
  readonly requests: number
  /** Has a new client with this listener do what needs the time. */
  work(onEvent: (event: RepairEvent) => void): Promise<unknown>
}
type RepairEvent = { readonly type: string; readonly differenceMs?: number }

/** Gives the repair in seconds. */
export async function clockRepair(
  sandbox: Sandbox,
  { path, requests, work }: Repair,
): Promise<number> {
  let repairedMs = 0
  const before = sandbox.counts.requests
  sandbox.fault({ path, kind: 'clock-skew', value: HOUR_MS, times: requests })
  try {
    await work(({ type, differenceMs = 0 }) => {
      if (type === 'clock-repaired') repairedMs += differenceMs
    })
  } finally {
    sandbox.clearFaults()
  }
  const sent = sandbox.counts.requests - before
  expect(sent === requests, `It took ${sent} requests instead of ${requests}.`)
  expect(Math.abs(repairedMs - HOUR_MS) < 5000, 'The clock was not repaired by an hour.')
  return Math.round(repairedMs / 1000)
}
