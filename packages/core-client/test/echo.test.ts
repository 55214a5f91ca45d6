import { createEchoCheck } from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { quickest } from '../../../tests/support/quickest.ts'

const SECRET = 'Qz7-Wm4.Kp9_Tx2'

describe('an echo', () => {
  it.each([
    ['the whole of it', SECRET],
    ['its first eight characters', SECRET.slice(0, 8)],
    ['its last eight', SECRET.slice(-8)],
    ['eight in the middle, in other words', `got <${SECRET.slice(4, 12)}>`],
    ['lower case', SECRET.toLowerCase()],
    ['upper case', SECRET.toUpperCase()],
  ])('is %s', (_, text) => {
    expect(createEchoCheck([SECRET])(text)).toBe(true)
    expect(createEchoCheck(['another', undefined, 5, '', SECRET])(text)).toBe(true)
  })

  it.each([
    ['seven characters of it', SECRET.slice(0, 7)],
    ['other words', 'invalid code'],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(createEchoCheck([SECRET, '', undefined])(text)).toBe(false)
  })

  it('of a short secret is all of it', () => {
    const isEcho = createEchoCheck(['aB3'])
    expect([isEcho('say ab3.'), isEcho('say ab')]).toEqual([true, false])
  })

  it('is found in time that does not grow with the product of both lengths', async () => {
    const long = 'ab'.repeat(500_000)
    const look = () =>
      expect(createEchoCheck([`${long}`, 'x'.repeat(4096)])('ba-'.repeat(200_000))).toBe(false)
    expect(await quickest(200, look)).toBeLessThan(200)
  })
})
