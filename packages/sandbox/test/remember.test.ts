/** What was found out of an input is not found out again, and no memory grows without end. */
import { expect, it } from 'vitest'
import { remember } from '../src/internal/crypto/remember.ts'

it('finds each once, and begins anew when there are many', () => {
  const found: number[] = []
  const square = (number: number) =>
    remember(`test ${number}`, () => {
      found.push(number)
      return number * number
    })
  const few = [1, 2, 3]
  for (const number of [...few, ...few]) expect(square(number)).toBe(number * number)
  expect(found).toEqual(few)
  for (let number = 4; number < 80; number++) square(number)
  expect(found.length).toBe(79)
  expect(square(1)).toBe(1)
  expect(found.slice(79)).toEqual([1])
})
