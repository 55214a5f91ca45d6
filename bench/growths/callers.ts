/** Callers at once on a client without a token: one handshake for all, and the time until the last has its answer. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createSandbox } from '@isoauth/sandbox'
import type { Growth, Point } from '../growth.ts'
import { atMostTimes } from './at-most-times.ts'

const SIZES = [1, 10, 100, 1_000, 10_000]

export async function callerGrowth(): Promise<Growth> {
  const sandbox = await createSandbox()
  const answers: Point[] = []
  let handshakes = 0
  for (const size of SIZES) {
    const before = sandbox.counts.handshakes
    // The answers of the other calls are made here, so that the client alone is measured.
    const client = createIbkrOAuth1({
      ...sandbox.credentials.ibkr.oauth1,
      fetch: (url, init) =>
        String(url).includes('/oauth/')
          ? sandbox.fetch(url, init)
          : Promise.resolve(new Response('{}')),
    })
    const began = performance.now()
    await Promise.all(Array.from({ length: size }, () => client.fetch('/portfolio/accounts')))
    answers.push({ size, value: performance.now() - began })
    handshakes = Math.max(handshakes, sandbox.counts.handshakes - before)
  }
  return {
    id: 'growth-callers',
    title: 'callers at once on a client without a token',
    of: 'callers',
    unit: 'ms until the last has its answer',
    lines: [{ name: 'handshake and calls', points: answers }],
    limits: [
      { words: `one handshake for all: ${handshakes}`, isKept: handshakes === 1 },
      atMostTimes(
        20,
        '10,000 callers take at most 20 times as long as 1,000',
        [answers.at(-2), answers.at(-1)],
        1,
      ),
    ],
  }
}
