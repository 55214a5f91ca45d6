/** Nothing stays behind: neither of requests, nor of renewals, nor of calls on one signal. And a program ends by itself. */
import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { expect, it } from 'vitest'
import { keys } from '../support/oauth2-vectors.ts'

const REQUESTS = 100_000
const RENEWALS = 1_000
/** A value of 64 bytes kept for each request would be six times as much. */
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

/** A client whose service counts; the answers are made here, so that only the client can keep anything. */
function counted() {
  const counts = { tokens: 0, calls: 0 }
  const time = { now: Date.now() }
  const client = createIbkrOAuth2({
    clientId: 'ExampleAdvisor-TEST',
    keyId: 'main',
    privateKey: keys.main3072.pkcs8Pem,
    scope: 'echo.read',
    now: () => time.now,
    async fetch(url) {
      if (String(url).endsWith('/token')) {
        const access_token = `token-${++counts.tokens}`
        return Response.json({ access_token, token_type: 'Bearer', expires_in: 86_400 })
      }
      counts.calls++
      return new Response(null, { status: 204 })
    },
  })
  return { client, counts, time }
}

it(`${REQUESTS} requests leave nothing behind`, async () => {
  const { client, counts } = counted()
  const ask = async (count: number) => {
    for (let i = 0; i < count; i++) await client.fetch(`/gw/api/v1/x?i=${i}`)
  }
  await ask(5_000)
  const before = await heldBytes()
  await ask(REQUESTS)
  const grown = (await heldBytes()) - before
  console.log(`${REQUESTS} requests: ${grown} bytes more`)
  expect(counts).toEqual({ tokens: 1, calls: REQUESTS + 5_000 })
  expect(grown).toBeLessThan(LIMIT_BYTES)
})

it(`${RENEWALS} renewals leave nothing behind`, async () => {
  const { client, counts, time } = counted()
  const renew = async (count: number) => {
    for (let i = 0; i < count; i++) {
      time.now += 2 * 86_400_000
      await client.accessToken()
    }
  }
  await renew(500)
  // What is kept of each renewal grows in every part; what the engine learns meanwhile, in one of them.
  const parts: number[] = []
  for (let i = 0; i < 2; i++) {
    const before = await heldBytes()
    await renew(RENEWALS / 2)
    parts.push((await heldBytes()) - before)
  }
  const grown = 2 * Math.min(...parts)
  console.log(`${RENEWALS} renewals: ${grown} bytes more`)
  expect(counts.tokens).toBe(RENEWALS + 500)
  expect(grown).toBeLessThan(LIMIT_BYTES)
})

it(`${REQUESTS} calls on one signal leave no listener and nothing behind`, async () => {
  const { client, counts } = counted()
  const { signal } = new AbortController()
  const ask = async (count: number) => {
    for (let i = 0; i < count; i++) await client.fetch('/gw/api/v1/x', { signal })
  }
  await ask(5_000)
  const before = await heldBytes()
  await ask(REQUESTS)
  const grown = (await heldBytes()) - before
  console.log(`${REQUESTS} calls on one signal: ${grown} bytes more`)
  expect(counts).toEqual({ tokens: 1, calls: REQUESTS + 5_000 })
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  expect(grown).toBeLessThan(LIMIT_BYTES)
})

it('a program that used every client ends by itself', async () => {
  const began = performance.now()
  const run = promisify(execFile)(process.execPath, ['every-client.mjs'], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  const { stdout } = await run
  expect(stdout).toBe('done\n')
  console.log(`ended after ${Math.round(performance.now() - began)} ms`)
})
