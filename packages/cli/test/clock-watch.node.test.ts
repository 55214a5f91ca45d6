/** How far the clocks differ is told by answers that have a date, and by no others. */
import { afterEach, expect, it, vi } from 'vitest'
import { createClockWatch } from '../src/internal/doctor/clock-watch.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
afterEach(() => vi.unstubAllGlobals())

async function differenceAfter(...dates: readonly (string | undefined)[]) {
  const answers = [...dates]
  vi.stubGlobal('fetch', async () => {
    const date = answers.shift()
    return new Response('', date === undefined ? {} : { headers: { date } })
  })
  const watch = createClockWatch(() => NOW)
  for (const _ of dates) await watch.fetch('http://127.0.0.1/')
  return watch.differenceMs
}

it.each([
  ['no answer', [], undefined],
  ['an answer without a date', [undefined], undefined],
  ['a date that is none', ['soon'], undefined],
  ['a date that is lenient only', ['-1'], undefined],
  ['a date of another form', ['2026-03-02T10:00:00Z'], undefined],
  ['the same time', ['Mon, 02 Mar 2026 09:00:00 GMT'], 500],
  ['an hour ahead', ['Mon, 02 Mar 2026 10:00:00 GMT'], 3_600_500],
  ['an hour, and then no date', ['Mon, 02 Mar 2026 10:00:00 GMT', undefined], 3_600_500],
  ['no date, and then an hour', [undefined, 'Mon, 02 Mar 2026 10:00:00 GMT'], 3_600_500],
  [
    'the larger of two, behind counted as ahead',
    ['Mon, 02 Mar 2026 08:00:00 GMT', 'Mon, 02 Mar 2026 09:30:00 GMT'],
    -3_599_500,
  ],
] as const)('%s', async (_, dates, expected) => {
  expect(await differenceAfter(...dates)).toBe(expected)
})
