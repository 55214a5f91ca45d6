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
  expect(clock.repair('Thu, 01 Jan 1970 00:00:10 GMT', 1000)).toBe(-3_590_000)
  expect(clock.nowMs()).toBe(10_000)
  expect(clock.timestampSeconds()).toBe(10)
})

it('leaves a difference within the tolerance alone', () => {
  const clock = createClock(() => 10_000)
  expect(clock.repair('Thu, 01 Jan 1970 00:00:12 GMT', 2000)).toBeUndefined()
  expect(clock.repair('Thu, 01 Jan 1970 00:00:13 GMT', 2000)).toBe(3000)
})

it.each([null, '', 'soon'])('reads no difference from %s', (date) => {
  expect(createClock(() => 0).repair(date, 0)).toBeUndefined()
})
