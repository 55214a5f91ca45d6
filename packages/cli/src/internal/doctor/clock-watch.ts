/** Compares this clock with the `Date` of every answer that comes by. */
import { parseHttpDate } from '@isoauth/core-client'
import { type HostWatch, watchHost } from '../network.ts'
import { roundedTime } from '../text.ts'
import type { Report } from './findings.ts'

type Fetch = typeof globalThis.fetch

export interface ClockWatch {
  /** The platform's `fetch`, watched. */
  readonly fetch: Fetch
  /** By how much the server's clock is ahead, in milliseconds: the largest seen. */
  readonly differenceMs: number | undefined
  /** Where the last request went. */
  readonly host: string | undefined
}

/** What the clients take for the cause of a refusal; services with shorter limits see a smaller one. */
const PROBLEM_MS = 30_000
const WARNING_MS = 5000

export function createClockWatch(now: () => number): ClockWatch {
  let differenceMs: number | undefined
  const hosts: HostWatch = { host: undefined }
  const send = watchHost((input, init) => globalThis.fetch(input, init), hosts)
  return {
    async fetch(input, init) {
      const sentMs = now()
      const response = await send(input, init)
      const dateMs = parseHttpDate(response.headers.get('date'))
      if (dateMs === undefined) return response
      // A date in whole seconds is half a second old on average.
      const found = dateMs + 500 - (sentMs + now()) / 2
      const isLarger = Math.abs(found) > Math.abs(differenceMs ?? 0)
      if (differenceMs === undefined || isLarger) differenceMs = found
      return response
    },
    get host() {
      return hosts.host
    },
    get differenceMs() {
      return differenceMs
    },
  }
}

/** Tells how the clocks compare. */
export function addClock(report: Report, { differenceMs }: ClockWatch): void {
  if (differenceMs === undefined) {
    report.add({
      check: 'clock',
      level: 'skipped',
      message: 'not compared: no answer told the time',
    })
    return
  }
  const difference = Math.abs(differenceMs)
  if (difference < WARNING_MS) {
    report.add({ check: 'clock', level: 'ok', message: "agrees with the server's" })
    return
  }
  const side = differenceMs > 0 ? 'behind' : 'ahead of'
  report.add({
    check: 'clock',
    level: difference < PROBLEM_MS ? 'warning' : 'problem',
    message: `this machine's clock is ${roundedTime(difference)} ${side} the server's`,
    remedy:
      'set the clock and keep it set: timedatectl set-ntp true, or w32tm /resync on Windows. The clients of isoauth repair a wrong clock once by the answer; others are refused with 401.',
  })
}
