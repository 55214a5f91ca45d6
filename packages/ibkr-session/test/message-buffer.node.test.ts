/** A queue with a bound, by number and by size: what is too much drops the oldest, and is counted. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createMessageBuffer } from '../src/internal/stream/message-buffer.ts'

const drain = <T>(buffer: { shift(): T | undefined }): T[] => {
  const all: T[] = []
  for (let item = buffer.shift(); item !== undefined; item = buffer.shift()) all.push(item)
  return all
}

it('gives back in order, however many were taken before', () => {
  const buffer = createMessageBuffer<number>(1000)
  const taken: (number | undefined)[] = []
  for (let at = 0; at < 500; at++) {
    buffer.push(2 * at, 1)
    buffer.push(2 * at + 1, 1)
    expect(buffer.length).toBe(at + 2)
    taken.push(buffer.shift())
  }
  expect([...taken, ...drain(buffer)]).toEqual(Array.from({ length: 1000 }, (_, at) => at))
  expect([buffer.length, buffer.dropped]).toEqual([0, 0])
  expect(buffer.shift()).toBeUndefined()
})

it('drops the oldest past its limit, and tells it the first time since it was empty', () => {
  const buffer = createMessageBuffer<string>(2)
  const told = ['a', 'b', 'c', 'd'].map((item) => buffer.push(item, 1))
  expect(told).toEqual([false, false, true, false])
  expect([buffer.length, buffer.dropped]).toEqual([2, 2])
  expect(buffer.shift()).toBe('c')
  expect(buffer.push('e', 1)).toBe(false)
  expect(buffer.push('f', 1)).toBe(false)
  expect(drain(buffer)).toEqual(['e', 'f'])
  expect(['g', 'h', 'i'].map((item) => buffer.push(item, 1))).toEqual([false, false, true])
  expect(buffer.dropped).toBe(4)
})

it('holds 16 MiB of characters at most, and one message of any size', () => {
  const half = 8_388_608
  const buffer = createMessageBuffer<string>(10)
  expect(['a', 'b'].map((item) => buffer.push(item, half))).toEqual([false, false])
  expect(buffer.push('c', 1)).toBe(true)
  expect([buffer.length, buffer.dropped]).toEqual([2, 1])
  expect(buffer.push('d', 3 * half)).toBe(false)
  expect([buffer.length, buffer.dropped]).toEqual([1, 3])
  expect(drain(buffer)).toEqual(['d'])
  expect(['e', 'f'].map((item) => buffer.push(item, half))).toEqual([false, false])
})

it('of a limit of 0 keeps nothing, and counts nothing', () => {
  const buffer = createMessageBuffer<string>(0)
  expect(buffer.push('a', 1)).toBe(false)
  expect([buffer.length, buffer.dropped, buffer.shift()]).toEqual([0, 0, undefined])
})

it('holds nothing of what was taken or dropped', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const buffer = createMessageBuffer<object>(3)
  const gone = Array.from({ length: 40 }, (_, at) => {
    const item = { at }
    buffer.push(item, 1)
    return new WeakRef(item)
  })
  buffer.shift()
  // What this task touched is kept until it ends.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  const held = gone.flatMap((item) => item.deref() ?? [])
  expect(held).toEqual([{ at: 38 }, { at: 39 }])
})
