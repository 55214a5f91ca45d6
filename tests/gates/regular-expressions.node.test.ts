import { expect, it } from 'vitest'
import { expressionsIn, problemOf } from './regular-expressions.ts'

it.each([
  ['(a+)+$', ''],
  ['^\\s+|\\s+$', 'g'],
])('refuses /%s/%s', (source, flags) => {
  expect(problemOf(source, flags)).toMatch(/polynomial|exponential/)
})

it.each([
  ['^[a-z]+$', 'i'],
  ['^\\d{3}$', ''],
])('takes /%s/%s', (source, flags) => {
  expect(problemOf(source, flags)).toBeUndefined()
})

it('finds literals and what is constructed from one', () => {
  const found = expressionsIn(
    "const a = /a+/g\nconst b = new RegExp('b*', 'u')\nconst c = 1 / 2 / 3",
  )
  expect(found).toEqual([
    { source: 'a+', flags: 'g', line: 1 },
    { source: 'b*', flags: 'u', line: 2 },
  ])
})
