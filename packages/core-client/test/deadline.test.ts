import { afterEach, describe, expect, it } from 'vitest'
import { anySignal } from '../src/deadline.ts'

const platform = Object.getOwnPropertyDescriptor(AbortSignal, 'any')

afterEach(() => {
  if (platform) Object.defineProperty(AbortSignal, 'any', platform)
})

describe.each([
  ['as the platform gives it', () => {}],
  ['without AbortSignal.any', () => void Reflect.deleteProperty(AbortSignal, 'any')],
])('%s', (_, prepare) => {
  it('aborts with the reason of the first', () => {
    prepare()
    const [one, other] = [new AbortController(), new AbortController()]
    const both = anySignal([one.signal, other.signal])
    expect(both.aborted).toBe(false)
    const reason = new Error('first')
    other.abort(reason)
    one.abort(new Error('second'))
    expect([both.aborted, both.reason]).toEqual([true, reason])
  })

  it('is aborted from the start where one is', () => {
    prepare()
    const reason = new Error('before')
    const both = anySignal([new AbortController().signal, AbortSignal.abort(reason)])
    expect([both.aborted, both.reason]).toEqual([true, reason])
  })
})
