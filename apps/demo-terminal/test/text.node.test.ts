import { expect, it } from 'vitest'
import { duration, maskAccount, wrap } from '../src/text.ts'

it.each([
  ['one two three', 7, ['one two', 'three']],
  ['exact', 5, ['exact']],
  ['a abcdefgh b', 3, ['a', 'abc', 'def', 'gh', 'b']],
  [' spaced\n  out ', 20, ['spaced out']],
  ['', 5, ['']],
])('wraps %j at %i', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines)
})

it.each([
  [0, '0.0 ms'],
  [12.345, '12.3 ms'],
  [99_999.94, '99999.9 ms'],
  [99_999.96, '100 s'],
  [123_456, '123 s'],
])('shows %d ms as %s, in ten columns at most', (ms, text) => {
  expect(duration(ms)).toBe(text)
  expect(text.length).toBeLessThanOrEqual(10)
})

it.each([
  ['U1234567', 'U*****67'],
  ['DU123', 'D**23'],
  ['U12', '***'],
])('masks %s as %s', (id, masked) => {
  expect(maskAccount(id)).toBe(masked)
})
