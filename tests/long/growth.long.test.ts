/** Nothing stays behind of any client: neither of requests, nor of renewals, nor of calls on one signal. And a program ends by itself. */
import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { ROWS } from './growth-rows.ts'

/** A value of 64 bytes kept for each of 100,000 requests would be six times as much. */
const LIMIT_BYTES = 1_000_000

const heldBytes = (() => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  return async () => {
    for (let i = 0; i < 3; i++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return process.memoryUsage().heapUsed
  }
})()

it.each(ROWS)(
  '$name: $count leave nothing behind',
  async ({ name, count, warmUp, isHeavy, make }) => {
    const { turn, counts, signal, end } = await make()
    let at = 0
    const ask = async (times: number) => {
      for (let i = 0; i < times; i++) await turn(at++)
    }
    const began = performance.now()
    await ask(warmUp)
    const first = counts.turns
    const parts: number[] = []
    for (let i = 0; i < (isHeavy ? 2 : 1); i++) {
      const before = await heldBytes()
      await ask(isHeavy ? count / 2 : count)
      parts.push((await heldBytes()) - before)
    }
    const grown = parts.length * Math.min(...parts)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${name}: ${grown} bytes more after ${count}, in ${seconds} s`)
    expect(counts.turns - first).toBe(count)
    if (signal) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(grown).toBeLessThan(LIMIT_BYTES)
    await end?.()
  },
)

it('a program that used every client ends by itself', async () => {
  const began = performance.now()
  const run = promisify(execFile)(process.execPath, ['every-client.mjs'], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  const { stdout } = await run
  expect(stdout).toBe(
    'OAuth 1.0a, pacing, brokerage session, stream open, kept: true, third party, OAuth 2.0, SSO, UltraCart\n',
  )
  console.log(`ended after ${Math.round(performance.now() - began)} ms`)
})
