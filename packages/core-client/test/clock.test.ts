import { createClock, describeClock, parseHttpDate } from '@isoauth/core-client'
import { describe, expect, it, vi } from 'vitest'

/** What one clock gives out at these times. */
function timestampsAt(...times: readonly number[]): number[] {
  let now = 0
  const clock = createClock(() => now)
  return times.map((time) => {
    now = time
    return clock.timestampSeconds()
  })
}

it('never gives a timestamp below an earlier one', () => {
  expect(timestampsAt(10_999, 5_000, 12_000)).toEqual([10, 10, 12])
})

it('learns the offset of a Date, and forgets what the wrong clock gave out', () => {
  const clock = createClock(() => 3_600_000)
  expect(clock.timestampSeconds()).toBe(3600)
  expect(clock.repair('Thu, 01 Jan 1970 00:00:10 GMT', 1000)).toBe(-3_590_000)
  expect(clock.nowMs()).toBe(10_000)
  expect(clock.timestampSeconds()).toBe(10)
})

it.each([
  ['behind', 3_600_000],
  ['ahead', -3_600_000],
])('that was an hour %s and is set right needs its offset no more', (_, offMs) => {
  const right = Date.parse('2026-03-02T09:00:00Z')
  let now = right - offMs
  const clock = createClock(() => now)
  expect(clock.repair('Mon, 02 Mar 2026 09:00:00 GMT', 5000)).toBe(offMs)
  now += 900
  expect(clock.nowMs()).toBe(right + 900)
  // As a program does that sets clocks by the network's time.
  now = right + 1000
  expect(clock.nowMs()).toBe(right + 1000)
  expect(clock.repair('Mon, 02 Mar 2026 09:00:01 GMT', 5000)).toBeUndefined()
})

it('that is right is asked for its own time alone', () => {
  const other = vi.spyOn(performance, 'now')
  createClock(() => 10_000).timestampSeconds()
  expect(other).not.toHaveBeenCalled()
  other.mockRestore()
})

it('keeps its offset where another jump, such as a sleep of the machine, leaves it wrong', () => {
  let now = Date.parse('2026-03-02T08:00:00Z')
  const clock = createClock(() => now)
  clock.repair('Mon, 02 Mar 2026 09:00:00 GMT', 5000)
  now += 7_200_000
  expect(clock.nowMs()).toBe(now + 3_600_000)
})

it('leaves a difference within the tolerance alone', () => {
  const clock = createClock(() => 10_000)
  expect(clock.repair('Thu, 01 Jan 1970 00:00:12 GMT', 2000)).toBeUndefined()
  expect(clock.repair('Thu, 01 Jan 1970 00:00:13 GMT', 2000)).toBe(3000)
})

it.each([null, '', 'soon'])('reads no difference from %s', (date) => {
  expect(createClock(() => 0).repair(date, 0)).toBeUndefined()
})

it.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
  ['-1', undefined],
  ['1', undefined],
  ['2025', undefined],
  ['', undefined],
  [null, undefined],
  ['Sunday, 06-Nov-94 08:49:37 GMT', undefined],
  ['Sun Nov  6 08:49:37 1994', undefined],
  ['1994-11-06T08:49:37Z', undefined],
  ['Sun, 06 Nov 1994 08:49:37 GMT ', undefined],
  ['Sun, 06 Nov 1994 08:49:37 +0100', undefined],
  ['Sun, 06 Nov 1994 25:49:37 GMT', undefined],
  [`Sun, 06 Nov 1994 08:49:37 GMT${' '.repeat(100_000)}`, undefined],
])('reads the HTTP date %j as %s', (text, expected) => {
  expect(parseHttpDate(text)).toBe(expected)
})

it('believes no repair of more than a day, in one step or in several', () => {
  const clock = createClock(() => Date.parse('2026-03-02T09:00:00Z'))
  for (const absurd of ['Fri, 31 Dec 9999 23:59:59 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    expect(clock.repair(absurd, 1000)).toBeUndefined()
  }
  expect(clock.repair('Tue, 03 Mar 2026 09:00:00 GMT', 1000)).toBe(86_400_000)
  expect(clock.repair('Tue, 03 Mar 2026 09:00:01 GMT', 1000)).toBeUndefined()
  expect(clock.repair('Tue, 03 Mar 2026 09:30:00 GMT', 1000)).toBeUndefined()
})

it('takes a repair back that did not help', () => {
  let now = Date.parse('2026-03-02T09:00:00Z')
  const clock = createClock(() => now)
  clock.repair('Mon, 02 Mar 2026 10:00:00 GMT', 1000)
  clock.timestampSeconds()
  clock.undoRepair()
  expect(clock.nowMs()).toBe(now)
  expect(clock.timestampSeconds()).toBe(now / 1000)
  now += 1000
  expect(clock.nowMs()).toBe(now)
})

describe('of a clock an hour behind, whose repair helped', () => {
  const right = Date.parse('2026-03-02T09:00:00Z')
  const repaired = () => {
    const machine = { now: right - 3_600_000 }
    const clock = createClock(() => machine.now)
    clock.repair('Mon, 02 Mar 2026 09:00:00 GMT', 5000)
    return { machine, clock }
  }

  it('takes back the last repair alone, also where the clock is set right later', () => {
    const { machine, clock } = repaired()
    clock.repair('Mon, 02 Mar 2026 07:00:00 GMT', 5000)
    clock.undoRepair()
    expect(clock.nowMs()).toBe(right)
    machine.now = right
    expect(clock.nowMs()).toBe(right)
  })

  it('keeps the offset where only a timestamp was mended later, which is taken back', () => {
    const { machine, clock } = repaired()
    machine.now += 60_000
    clock.timestampSeconds()
    machine.now -= 60_000
    expect(clock.repair('Mon, 02 Mar 2026 09:00:00 GMT', 30_000)).toBe(-60_000)
    clock.undoRepair()
    expect(clock.nowMs()).toBe(right)
  })
})

it('mends a timestamp that was signed under a wrong clock, when the clock is right again', () => {
  let now = Date.parse('2026-03-02T12:00:00Z')
  const clock = createClock(() => now)
  clock.timestampSeconds()
  // Set back by three hours; nothing was refused meanwhile.
  now = Date.parse('2026-03-02T09:00:00Z')
  expect(clock.timestampSeconds()).toBe(now / 1000)
  // A minute ahead still binds, until a server says that it is too far.
  now += 60_000
  clock.timestampSeconds()
  now -= 60_000
  expect(clock.timestampSeconds()).toBe(now / 1000 + 60)
  expect(clock.repair('Mon, 02 Mar 2026 09:00:00 GMT', 30_000)).toBe(-60_000)
  expect(clock.timestampSeconds()).toBe(now / 1000)
  expect(clock.nowMs()).toBe(now)
})

it('believes a repair of exactly a day, and none of a millisecond more', () => {
  const date = 'Fri, 02 Jan 1970 00:00:00 GMT'
  expect(createClock(() => 0).repair(date, 0)).toBe(86_400_000)
  expect(createClock(() => -1).repair(date, 0)).toBeUndefined()
})

it('stays bound by what it gave out for 120 s, and no second longer', () => {
  expect(timestampsAt(1_000_000, 880_000, 879_000)).toEqual([1000, 1000, 879])
})

it.each([
  [3_600_000, 'off by 3600 s: it is behind the server'],
  [-31_400, 'off by 31 s: it is ahead of the server'],
  [-3 * 86_400_000, 'off by 259200 s (3 days): it is ahead of the server'],
])('tells a difference of %s ms with its side', (differenceMs, words) => {
  expect(describeClock(differenceMs)).toContain(words)
})
