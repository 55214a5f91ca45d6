/** Signed requests of one session, from a hundred to a million: the time of each, and what stays in memory. */
import { createRequestSigner } from '@isoauth/ibkr-oauth1/signing'
import { collector } from '../allocation.ts'
import type { Growth, Point } from '../growth.ts'
import { atMostTimes } from './at-most-times.ts'

const SIZES = [100, 1_000, 10_000, 100_000, 1_000_000]
/** What the addresses end in: as many different ones as a busy program has, and far more than are remembered. */
const CONTRACTS = 5_000
/** A value of 8 bytes kept for each of a million requests would be more. */
const LIMIT_BYTES = 4_000_000

export async function requestGrowth(): Promise<Growth> {
  const signer = createRequestSigner({
    consumerKey: 'TESTCONSU',
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    liveSessionToken: new Uint8Array(20).map((_, i) => (i * 37 + 11) & 255),
  })
  const sign = (count: number) => {
    for (let i = 0; i < count; i++) {
      signer.sign({
        method: 'GET',
        url: `https://api.ibkr.com/v1/api/iserver/contract/${i % CONTRACTS}/info`,
      })
    }
  }
  sign(20_000)
  const times: Point[] = []
  const held: Point[] = []
  const before = heldBytes()
  for (const size of SIZES) {
    const began = performance.now()
    sign(size)
    times.push({ size, value: ((performance.now() - began) * 1000) / size })
    held.push({ size, value: Math.max(0, heldBytes() - before) / 1024 })
  }
  const heldAtEnd = (held.at(-1)?.value ?? Number.NaN) * 1024
  return {
    id: 'growth-requests',
    title: 'signed requests of one session',
    of: 'requests',
    unit: 'µs each, KiB held',
    lines: [
      { name: 'time of each, µs', points: times },
      { name: 'memory held after all, KiB', points: held },
    ],
    limits: [
      atMostTimes(1.5, 'a request of a million costs at most 1.5 of one of a thousand', [
        times[1],
        times.at(-1),
      ]),
      {
        words: `a million requests leave less than 4 MB: ${Math.round(heldAtEnd / 1024)} KiB`,
        isKept: heldAtEnd < LIMIT_BYTES,
      },
    ],
  }
}

const collect = collector()

function heldBytes(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
