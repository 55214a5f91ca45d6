import { afterEach, describe, expect, it, vi } from 'vitest'
import { anySignal, createDisconnector, withDeadline } from '../src/internal/deadline.ts'

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

describe('a signal that lives long', () => {
  /** A signal that counts its listeners. */
  function counted() {
    const controller = new AbortController()
    const { signal } = controller
    const count = { listeners: 0 }
    const [add, remove] = [signal.addEventListener, signal.removeEventListener]
    signal.addEventListener = function (this: AbortSignal, ...args: unknown[]) {
      count.listeners++
      return add.apply(this, args as never)
    } as typeof add
    signal.removeEventListener = function (this: AbortSignal, ...args: unknown[]) {
      count.listeners--
      return remove.apply(this, args as never)
    } as typeof remove
    return { controller, signal, count }
  }

  it('keeps nothing of the calls that are done', async () => {
    const { signal, count } = counted()
    for (let i = 0; i < 100; i++) {
      await withDeadline({ timeoutMs: 1000, signal }, async () => 'done')
    }
    expect(count.listeners).toBe(0)
  })

  it('still ends the body that a call left behind', async () => {
    const { controller, signal, count } = counted()
    let inner: AbortSignal | undefined
    const response = await withDeadline(
      { timeoutMs: 1000, signal, leave: createDisconnector() },
      async (given) => {
        inner = given
        return new Response(new ReadableStream())
      },
    )
    expect(response.body).not.toBeNull()
    expect(count.listeners).toBe(1)
    controller.abort(new Error('enough'))
    expect(inner?.reason).toMatchObject({ message: 'enough' })
  })

  it('keeps nothing of a body that was left behind where nobody tells when it is gone', async () => {
    const { signal, count } = counted()
    vi.stubGlobal('FinalizationRegistry', undefined)
    const leave = createDisconnector()
    vi.unstubAllGlobals()
    const work = async () => new Response(new ReadableStream())
    await withDeadline({ timeoutMs: 1000, signal, leave }, work)
    expect(count.listeners).toBe(0)
  })
})
