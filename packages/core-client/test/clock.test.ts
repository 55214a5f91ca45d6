import { createClock } from '@isoauth/core-client'
import { expect, it } from 'vitest'

it('never gives a timestamp below an earlier one', () => {
  let now = 10_999
  const clock = createClock(() => now)
  expect(clock.timestampSeconds()).toBe(10)
  now = 5_000
  expect(clock.timestampSeconds()).toBe(10)
  now = 12_000
  expect(clock.timestampSeconds()).toBe(12)
})

it('learns the offset of a Date, and forgets what the wrong clock gave out', () => {
  const clock = createClock(() => 3_600_000)
  expect(clock.timestampSeconds()).toBe(3600)
  const difference = clock.differenceMs('Thu, 01 Jan 1970 00:00:10 GMT')
  expect(difference).toBe(-3_590_000)
  clock.adjust(difference ?? 0)
  expect(clock.nowMs()).toBe(10_000)
  expect(clock.timestampSeconds()).toBe(10)
})

it.each([undefined, null, '', 'soon'])('reads no difference from %s', (date) => {
  expect(createClock(() => 0).differenceMs(date)).toBeUndefined()
})
