/** The length of a query, from none to 8 kB, whose parameters are signed. */
import { createRequestSigner } from '@isoauth/ibkr-oauth1/signing'
import type { Growth } from '../growth.ts'
import { atMostTimes } from './at-most-times.ts'
import { bestMs } from './best.ts'

const SIZES = [0, 256, 512, 1024, 2048, 4096, 8192]
const CALLS = 200

export async function queryGrowth(): Promise<Growth> {
  const signer = createRequestSigner({
    consumerKey: 'TESTCONSU',
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    liveSessionToken: new Uint8Array(20).fill(5),
    querySigning: 'wire',
  })
  const points = []
  for (const size of SIZES) {
    const url = `https://api.ibkr.com/v1/api/iserver/marketdata/snapshot${queryOf(size)}`
    const sign = () => {
      for (let i = 0; i < CALLS; i++) signer.sign({ method: 'GET', url })
    }
    sign()
    points.push({ size, value: ((await bestMs(15, sign)) * 1000) / CALLS })
  }
  return {
    id: 'growth-queries',
    title: 'the length of a signed query',
    of: 'bytes of query',
    unit: 'µs',
    lines: [{ name: 'Authorization header', points }],
    limits: [atMostTimes(2.5, '8 kB cost at most 2.5 times 4 kB', [points.at(-2), points.at(-1)])],
  }
}

/** A query of so many bytes with parameters of 16: `?f0000=265598%2C...`. */
function queryOf(bytes: number): string {
  if (bytes === 0) return ''
  const count = Math.floor(bytes / 16)
  const pairs = Array.from({ length: count }, (_, i) => `f${String(i).padStart(4, '0')}=26559%2C8`)
  return `?${pairs.join('&')}`.slice(0, bytes)
}
