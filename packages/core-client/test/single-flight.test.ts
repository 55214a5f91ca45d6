import { expect, it } from 'vitest'
import { abortable } from '../src/deadline.ts'
import { createSingleFlight } from '../src/single-flight.ts'
import { deferred, failure, settle } from './support.ts'

it('runs one piece of work for all who come meanwhile', async () => {
  const fly = createSingleFlight<number>()
  let runs = 0
  const gate = deferred()
  const work = async () => {
    runs++
    await gate.promise
    return runs
  }
  const calls = [fly(work), fly(work), fly(work)]
  gate.resolve()
  expect(await Promise.all(calls)).toEqual([1, 1, 1])
  expect(await fly(async () => 7)).toBe(7)
})

it('tells a failure to all, and starts anew', async () => {
  const fly = createSingleFlight<number>()
  const fail = async (): Promise<number> => {
    throw new Error('no')
  }
  const errors = await Promise.all([failure(() => fly(fail)), failure(() => fly(fail))])
  expect(errors.map(({ message }) => message)).toEqual(['no', 'no'])
  expect(await fly(async () => 1)).toBe(1)
})

it('aborts the work with its last caller only', async () => {
  const fly = createSingleFlight<string>()
  const [first, second] = [new AbortController(), new AbortController()]
  let signal: AbortSignal | undefined
  const work = (given: AbortSignal) => {
    signal = given
    return new Promise<string>((_, reject) => {
      given.addEventListener('abort', () => reject(given.reason))
    })
  }
  const leaving = failure(() => fly(work, first.signal))
  const following = failure(() => fly(work, second.signal))
  first.abort(new Error('one'))
  expect((await leaving)['message']).toBe('one')
  await settle()
  expect(signal?.aborted).toBe(false)
  second.abort(new Error('two'))
  expect((await following)['message']).toBe('two')
  expect(signal?.aborted).toBe(true)
  expect(await fly(async () => 'next')).toBe('next')
})

it('does not wait for work that ignores its signal', async () => {
  const never = new Promise<never>(() => {})
  const signal = AbortSignal.abort(new Error('now'))
  expect((await failure(() => abortable(never, signal)))['message']).toBe('now')
})
