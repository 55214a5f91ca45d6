/** A thousand requests of the page, spread over eight isolates that start cold. */
import { afterAll, expect, it } from 'vitest'
import { checkIsolates } from './isolates.ts'
import { type Running, runWorkerd } from './running-workerd.ts'
import { startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream | undefined
let running: Running | undefined
afterAll(async () => {
  await running?.stop()
  upstream?.close()
})

it('make one handshake', { timeout: 120_000 }, async () => {
  upstream = await startUpstream()
  running = await runWorkerd(upstream.sandbox, 'many')
  await checkIsolates(upstream, running, 1000)
  expect(upstream.sandbox.counts.handshakes).toBe(1)
})
