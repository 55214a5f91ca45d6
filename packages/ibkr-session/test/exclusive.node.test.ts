/** Turns of callers that do not come. In Node alone, for its fake timers. */
import { expect, it, vi } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { useFakeClock } from './fake-clock.ts'
import { failure, setUp } from './support.ts'

const MINUTE_MS = 60_000

const pass = useFakeClock()

it('work that calls exclusive later than at once is told after minutes, and the turn is free again', async () => {
  const { session } = setUp()
  let isInnerDone = false
  const inner = async () => {
    isInnerDone = true
  }
  const outer = failure(() =>
    session.exclusive(async () => {
      await Promise.resolve()
      await session.exclusive(inner)
    }),
  )
  const behind = session.exclusive(async () => 'behind')
  await pass(4 * MINUTE_MS)
  const error = await outer
  expect(error).toMatchObject({ code: 'IBKR_SESSION_TIMEOUT' })
  expect(error['message']).toMatch(/4 minutes.*calls exclusive itself.*directly/)
  expect(await behind).toBe('behind')
  expect(isInnerDone).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})

it('a long row of works is waited for, as long as turns end', async () => {
  const { session } = setUp()
  const works = [1, 2, 3, 4, 5].map((at) =>
    session.exclusive(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * MINUTE_MS))
      return at
    }),
  )
  await pass(16 * MINUTE_MS)
  expect(await Promise.all(works)).toEqual([1, 2, 3, 4, 5])
  expect(vi.getTimerCount()).toBe(0)
})

it('work that waited in vain is not made later, and none overtakes the one that has the turn', async () => {
  const { session } = setUp()
  const done = deferred()
  const made: string[] = []
  const long = session.exclusive(async () => {
    await done.promise
    made.push('long')
  })
  const vain = failure(() => session.exclusive(async () => made.push('vain')))
  await pass(8 * MINUTE_MS)
  expect(await vain).toMatchObject({ code: 'IBKR_SESSION_TIMEOUT' })
  const next = session.exclusive(async () => made.push('next'))
  await pass(MINUTE_MS)
  done.resolve()
  await Promise.all([long, next])
  expect(made).toEqual(['long', 'next'])
})
