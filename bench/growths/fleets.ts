/** A fleet of one user name, from 2 members to 10,000, on a fake clock: what all of them together ask of the broker, and each of the store. */
import { MINUTE_MS, simulate } from '../../tests/fleet/simulation.ts'
import type { Growth, Point } from '../growth.ts'
import { atMostTimes } from './at-most-times.ts'

const SIZES = [2, 10, 100, 1_000, 10_000]
const MINUTES = 3
const TICKLES_PER_MINUTE = 1.2

export async function fleetGrowth(): Promise<Growth> {
  const tickles: Point[] = []
  const reads: Point[] = []
  for (const size of SIZES) {
    const fleet = await simulate({ size })
    // Its first minute is not as the others.
    await fleet.pass(MINUTE_MS)
    fleet.read()
    await fleet.pass(MINUTES * MINUTE_MS)
    const counted = fleet.read()
    tickles.push({ size, value: counted.ticklesPerMinute })
    reads.push({ size, value: counted.readsPerMinute / size })
    await fleet.close()
  }
  const mostTickles = Math.max(...tickles.map(({ value }) => value))
  return {
    id: 'growth-fleets',
    title: 'members of a fleet, simulated',
    of: 'members',
    unit: 'a minute',
    lines: [
      { name: 'tickles of all', points: tickles },
      { name: 'reads of the store, each member', points: reads },
    ],
    limits: [
      {
        words: `at most ${TICKLES_PER_MINUTE} tickles a minute in all: ${mostTickles.toFixed(2)}`,
        isKept: mostTickles <= TICKLES_PER_MINUTE,
      },
      atMostTimes(1.1, 'no member of 10,000 reads more than one of two', [reads[0], reads.at(-1)]),
    ],
  }
}
