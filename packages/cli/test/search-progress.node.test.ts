/** How a long search is told: on one line of a terminal, else by its begin and its end. */
import { expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { searchProgress } from '../src/internal/keygen/progress.ts'
import { colorsFor } from '../src/internal/text.ts'

const BEGIN = 'Searching for a Diffie-Hellman prime of 2048 bits: seconds to a few minutes.\n'
const CLEAR = '\r\u001b[K'

/** What is written in a search of these counts. */
function told(isTerminal: boolean, counts: readonly number[], columns?: number): string {
  let written = ''
  const stderr = {
    isTerminal,
    columns,
    write(text: string) {
      written += text
    },
  }
  const errorColors = colorsFor(stderr, {}, 'never')
  const progress = searchProgress(wrong({ io: { stderr }, errorColors }), 1234)
  for (const count of counts) progress.tested(count)
  progress.done()
  return written
}

it.each([
  [[], BEGIN],
  [[1, 2345], `${BEGIN}Done: 2,345 candidates tested in 0 s.\n`],
])('in a file, of %j', (counts, expected) => {
  expect(told(false, counts)).toBe(expected)
})

it('on a terminal: a line that is rewritten at most five times a second, and cleared', () => {
  expect(told(true, [1000, 2000])).toBe(
    `${CLEAR}Searching for a prime: 1,000 candidates tested, 0 s (1,234 on average)${CLEAR}`,
  )
})

it('on a narrow terminal: as much of the line as there is room for', () => {
  expect(told(true, [1000], 30)).toBe(`${CLEAR}Searching for a prime: 1,000…${CLEAR}`)
})
