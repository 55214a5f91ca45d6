import { expect, it } from 'vitest'
import { allows } from './licences.ts'

it.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['GPL-3.0 OR Apache-2.0', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-3.0', false],
  ['GPL-3.0', false],
  ['MIT-0', true],
  ['MPL-2.0', false],
  ['Unknown', false],
  ['', false],
  // Read by a person, not guessed at.
  ['MIT AND (ISC OR GPL-3.0)', false],
])('the licence %s: %s', (licence, taken) => {
  expect(allows(licence)).toBe(taken)
})
