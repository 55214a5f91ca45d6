/** A sign-in of which every caller wants one of its own: held back after a failure, and free while it succeeds. */
import { createHeldCall } from '@isoauth/core-client'
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { makeLock, memoryStore, wrong } from '../../../tests/support/index.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { memberOptions } from './member-options.ts'
import { deferred, failure, newError, toldAtOnce } from './support.ts'

function setUp(more: object = {}) {
  const { time, events, common } = memberOptions()
  const service = { calls: 0, refuses: false, hangs: false, arrived: deferred() }
  const member = (own: object = {}) =>
    createHeldCall<number>({
      send: async (signal) => {
        const count = ++service.calls
        service.arrived.resolve()
        if (service.hangs) {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          })
        }
        if (service.refuses) throw newError(wrong('TEST_FORBIDDEN'), 'Refused.', { status: 403 })
        return count
      },
      ...common,
      ...more,
      ...own,
    })
  return { time, service, events, member }
}

/** A caller who waits, and may leave. */
function setUpWaiting() {
  const made = setUp()
  made.service.hangs = true
  const call = made.member()
  const controller = new AbortController()
  return { ...made, call, controller, waiting: failure(() => call(controller.signal)) }
}

it('gives each caller one of its own', async () => {
  const { member, service } = setUp()
  const call = member()
  const results = await Promise.all([call(), call(), call()])
  expect(results.sort()).toEqual([1, 2, 3])
  expect(service.calls).toBe(3)
})

it('is sent once where it fails, and answered from memory until the pause is over', async () => {
  const { member, service, time, events } = setUp()
  const call = member()
  service.refuses = true
  const errors = await Promise.all([failure(call), failure(call), failure(call)])
  expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('TEST_FORBIDDEN'))
  expect(service.calls).toBe(1)
  const end = errors[0]?.['nextAttemptAtMs'] as number
  expect(events).toEqual([{ type: 'held-back', code: 'TEST_FORBIDDEN', untilMs: end }])
  time.now = end - 1
  await failure(call)
  expect(service.calls).toBe(1)
  service.refuses = false
  time.now = end
  expect(await call()).toBe(2)
  expect(await call()).toBe(3)
})

it('counts failures of one moment once', async () => {
  const { member, service, time, events } = setUp()
  const call = member()
  await call()
  service.refuses = true
  await Promise.all(Array.from({ length: 5 }, () => failure(call)))
  expect(service.calls).toBe(6)
  expect(events).toHaveLength(1)
  const { nextAttemptAtMs } = (await failure(call)) as unknown as { nextAttemptAtMs: number }
  // 30 s and a tenth: not the pause after five failures, which is eight minutes.
  expect(nextAttemptAtMs - time.now).toBeLessThanOrEqual(33_000)
})

it('shares its pause and its end; mended credentials are tried at once', async () => {
  const store = memoryStore()
  const { member, service, time } = setUp({ store, storeKey: 'unsealed', lock: makeLock() })
  const [one, two] = [member(), member()]
  expect(await two()).toBe(1)
  service.refuses = true
  const refused = await failure(one)
  // It succeeded last, and is held back all the same.
  expect(await failure(two)).toMatchObject({ code: 'TEST_FORBIDDEN' })
  expect(service.calls).toBe(2)
  service.refuses = false
  expect(await member({ credentials: async () => ['mended'] })()).toBe(3)
  time.now = refused['nextAttemptAtMs'] as number
  expect(await one()).toBe(4)
  expect(store.entries.size).toBe(0)
})

it('claims the attempt, so that others wait for what comes of it', async () => {
  const store = memoryStore()
  const { member, service, time } = setUp({ store, storeKey: 'unsealed' })
  service.refuses = true
  const refused = await failure(member())
  time.now = refused['nextAttemptAtMs'] as number
  service.hangs = true
  const controller = new AbortController()
  const first = failure(() => member()(controller.signal))
  await eventually(() => expect(service.calls).toBe(2))
  expect(await failure(member())).toMatchObject({ code: 'TEST_FORBIDDEN' })
  expect(service.calls).toBe(2)
  controller.abort(new Error('enough'))
  expect(await first).toMatchObject({ message: 'enough' })
})

it('ends with its caller, who is not held back for leaving', async () => {
  const { call, service, events, controller, waiting } = setUpWaiting()
  controller.abort(new Error('enough'))
  expect(await waiting).toMatchObject({ message: 'enough' })
  expect(events).toEqual([])
  service.hangs = false
  expect(await call()).toBe(service.calls)
})

it('is held back after a time limit', async () => {
  const { member, service, events } = setUp()
  service.hangs = true
  const call = member()
  const { promise: arrived } = service.arrived
  const late = await pastDeadline({ call: () => failure(call), arrived, timeoutMs: 20_000 })
  expect(late).toMatchObject({ code: 'TIMEOUT' })
  expect(await failure(call)).toMatchObject({ code: 'TIMEOUT' })
  expect(service.calls).toBe(1)
  expect(events).toMatchObject([{ type: 'held-back' }])
})

it.each([
  ['the first call', false],
  ['a call after one that succeeded', true],
])('tells the pause in the very error of a time limit: %s', async (_, isProven) => {
  const { member, service } = setUp({ timeoutMs: 50 })
  const call = member()
  if (isProven) await call()
  service.hangs = true
  const told = await call().catch(toldAtOnce)
  expect(told).toEqual({ nextAttemptAtMs: expect.any(Number), isAnnounced: true })
})

it('is held back after a time limit of its caller', async () => {
  const { call, service, events, controller, waiting } = setUpWaiting()
  while (service.calls < 1) await new Promise((done) => setTimeout(done, 5))
  // The reason of AbortSignal.timeout.
  controller.abort(new DOMException('late', 'TimeoutError'))
  expect(await waiting).toMatchObject({ name: 'TimeoutError' })
  expect(await failure(call)).toMatchObject({ code: 'TIMEOUT' })
  expect(service.calls).toBe(1)
  expect(events).toMatchObject([{ type: 'held-back' }])
})

it('goes on without a lock that fails and a store that is down, and tells both', async () => {
  const down = () => {
    throw new Error('down')
  }
  const lock = () => Promise.reject(new Error('no lock'))
  const store = { getItem: down, setItem: down, removeItem: down }
  const { member, events } = setUp({ lock, store, storeKey: 'unsealed' })
  expect(await member()()).toBe(1)
  expect(events).toContainEqual({ type: 'lock-failed' })
  expect(events).toContainEqual({ type: 'store-failed', operation: 'read' })
})
