/** The broker's cookies: which are kept, how long, and what is sent beside a caller's own. */
import { expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { createCookieJar } from '../src/internal/cookie-jar.ts'

const START = Date.parse('2026-03-02T15:00:00Z')

function setUp() {
  const time = { now: START }
  const jar = createCookieJar(() => time.now)
  const keep = (...lines: string[]) => jar.keep(wrong({ headers: { getSetCookie: () => lines } }))
  const sent = (given?: string) => {
    const headers = new Headers(given === undefined ? {} : { cookie: given })
    jar.addTo(headers)
    return headers.get('cookie')
  }
  return { jar, keep, sent, time }
}

it('are sent back in their order, the newest last, and replace those of the same name', () => {
  const { jar, keep, sent } = setUp()
  expect(sent()).toBeNull()
  keep('a=1; Path=/; Secure', 'b=2')
  keep('c=3')
  expect(sent()).toBe('a=1; b=2; c=3')
  keep('a=4')
  expect(sent()).toBe('b=2; c=3; a=4')
  expect(jar.values()).toEqual(['2', '3', '4'])
})

it('leave a caller’s cookies alone, and those of the same name away', () => {
  const { keep, sent } = setUp()
  keep('a=1', 'b=2')
  expect(sent('mine=5')).toBe('mine=5; a=1; b=2')
  expect(sent('x=y;  a=5')).toBe('x=y;  a=5; b=2')
  expect(sent('a=5; b=6')).toBe('a=5; b=6')
})

it.each([
  ['Max-Age=10', 10_000],
  [`Expires=${new Date(START + 10_000).toUTCString()}`, 10_000],
  [`Max-Age=10; Expires=${new Date(START + 99_000).toUTCString()}`, 10_000],
])('are sent until their end: %s', (attribute, lifeMs) => {
  const { keep, sent, time } = setUp()
  keep(`a=1; ${attribute}`)
  time.now = START + lifeMs - 1
  expect(sent()).toBe('a=1')
  time.now = START + lifeMs
  expect(sent()).toBeNull()
})

it.each(['Max-Age=0', 'Max-Age=-1', `Expires=${new Date(START).toUTCString()}`])(
  'are dropped by one that is over: %s',
  (attribute) => {
    const { jar, keep, sent } = setUp()
    keep('a=1', 'b=2')
    keep(`a=; ${attribute}`, `a=3; ${attribute}`)
    expect(sent()).toBe('b=2')
    expect(jar.values()).toEqual(['2'])
  },
)

it('are fifty at most, and the one that is oldest goes', () => {
  const { keep, sent } = setUp()
  for (let at = 0; at < 50; at++) keep(`n${at}=1`)
  expect(sent()?.split('; ')).toHaveLength(50)
  keep('one=more')
  const names = sent()?.split('; ') ?? []
  expect(names).toHaveLength(50)
  expect([names[0], names.at(-1)]).toEqual(['n1=1', 'one=more'])
})

it('are none that a header cannot carry, or that are too long', () => {
  const { keep, sent } = setUp()
  keep(`a=${'x'.repeat(4095)}`, 'b=1 2', 'c=é', 'd=\u007f', '=5', 'e f=1', 'ok=!-:<-~')
  expect(sent()).toBe('ok=!-:<-~')
  keep(`a=${'x'.repeat(4094)}`)
  expect(sent()?.length).toBe('ok=!-:<-~; '.length + 4096)
})

it('are none where a runtime cannot tell several apart', () => {
  const { jar, sent } = setUp()
  jar.keep(wrong({ headers: {} }))
  expect(sent()).toBeNull()
})
