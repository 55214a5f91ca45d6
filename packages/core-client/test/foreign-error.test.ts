import { describe, expect, it } from 'vitest'
import { withoutContent } from '../src/internal/errors.ts'

const SECRET = 'Marked-Secret-51'

describe('what is kept of an exception of a fetch', () => {
  it('is its name and its code, and nothing that quotes the request', () => {
    const request = { headers: { authorization: SECRET } }
    const error = Object.assign(new TypeError(SECRET, { cause: new Error(SECRET) }), {
      code: 'ECONNRESET',
      request,
      config: request,
    })
    const kept = withoutContent(error)
    expect(kept).toMatchObject({ name: 'TypeError', code: 'ECONNRESET' })
    const fields = Object.getOwnPropertyNames(kept).map((name) => kept[name as keyof Error])
    expect(fields.join()).not.toContain(SECRET)
    expect(kept.cause).toBeUndefined()
    expect(String(kept)).toContain('ECONNRESET')
  })

  it('is the code of its cause, where Node’s fetch has it', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    expect(withoutContent(new TypeError('fetch failed', { cause }))).toMatchObject({
      name: 'TypeError',
      code: 'ECONNREFUSED',
    })
  })

  it.each([
    [SECRET],
    ['ECONN RESET'],
    ['econnreset'],
    ['9E'],
    ['E'.repeat(41)],
    ['ERESET\n'],
    [5],
    [{ toString: () => 'ECODE' }],
  ])('is no code such as %j, nor such a name', (value) => {
    const kept = withoutContent({ code: value, name: value })
    expect(kept.name).toBe('Error')
    expect('code' in kept).toBe(false)
  })

  it('is told in a message with the code, where there is one, and as the platform’s errors are', () => {
    const withCode = withoutContent(Object.assign(new TypeError(), { code: 'E'.repeat(40) }))
    expect(withCode.message).toContain(`failed (${'E'.repeat(40)}); its`)
    const without = withoutContent(new TypeError(SECRET))
    expect(without.message).toMatch(/^The fetch function failed; its own message/)
    expect(without.stack).toBe(`TypeError: ${without.message}`)
    for (const field of ['name', 'code']) {
      const { value, ...rest } = Object.getOwnPropertyDescriptor(withCode, field) ?? {}
      expect(rest).toEqual({ configurable: true, enumerable: false, writable: true })
    }
  })

  it.each([[undefined], [null], ['text'], [5], [Object.create(null)]])(
    'is made of %o too',
    (value) => {
      expect(withoutContent(value)).toMatchObject({ name: 'Error' })
    },
  )

  it('is made where the exception cannot be read', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error(SECRET)
        },
      },
    )
    expect(withoutContent(trap).message).not.toContain(SECRET)
  })
})
