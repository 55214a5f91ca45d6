/** The fixtures of Vitest and Playwright, as their runners use them. */
import type { Sandbox } from '@isoauth/sandbox'
import type { SandboxServer } from '@isoauth/sandbox/node'
import { sandboxFixture as serverFixture } from '@isoauth/sandbox/playwright'
import { sandboxFixture } from '@isoauth/sandbox/vitest'
import { afterEach, test as base, describe, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.restoreAllMocks()
})

const seen = new Set<Sandbox>()
const test = base.extend({ sandbox: sandboxFixture({ maxRecords: 5 }) })

describe("Vitest's", () => {
  for (const round of [1, 2]) {
    test(`gives each test a sandbox of its own, ${round}`, async ({ sandbox }) => {
      expect(sandbox.requests).toEqual([])
      await sandbox.fetch(sandbox.origin)
      expect(sandbox.requests).toHaveLength(1)
      seen.add(sandbox)
      expect(seen.size).toBe(round)
    })
  }

  it('prints what was refused when the test fails, and ends the sandbox', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const failed: (() => void)[] = []
    let given: Sandbox | undefined
    const onTestFailed = (listener: () => void) => void failed.push(listener)
    await expect(
      sandboxFixture()({ onTestFailed }, async (sandbox) => {
        given = sandbox
        for (const tell of failed) tell()
        expect(printed).not.toHaveBeenCalled()
        await sandbox.fetch(`${sandbox.origin}/v1/api/tickle`)
        for (const tell of failed) tell()
        throw new Error('the test failed')
      }),
    ).rejects.toThrow('the test failed')
    expect(printed.mock.calls).toEqual([
      ['The sandbox refused:\n  GET /v1/api/tickle -> 401: header: an Authorization header'],
    ])
    expect(given?.requests).toEqual([])
  })
})

describe("Playwright's", () => {
  const run = (status: string, use: (server: SandboxServer) => Promise<void>) =>
    serverFixture({ maxRecords: 5 })({}, use, { status, expectedStatus: 'passed' })

  it('gives a server whose redirects are followed, and closes it', async () => {
    let origin = ''
    await run('passed', async (server) => {
      origin = server.origin
      const landed = { status: 302, headers: { location: '/portal' } }
      server.sandbox.fault({ path: '/x', kind: 'respond', value: landed })
      const answer = await fetch(`${origin}/x`)
      expect([answer.status, answer.url]).toEqual([200, `${origin}/portal`])
      const preflight = await fetch(`${origin}/v1/api/tickle`, {
        method: 'OPTIONS',
        headers: { origin: 'http://localhost:3000' },
      })
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
      expect(server.sandbox.credentials.ibkr.oauth1.consumerKey).toBe('SANDBOXTK')
    })
    await expect(fetch(origin)).rejects.toThrow(TypeError)
  })

  it('prints what was refused when the test fails', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const ask = async ({ origin }: SandboxServer) => {
      await fetch(`${origin}/v1/api/tickle`)
    }
    await run('passed', ask)
    expect(printed).not.toHaveBeenCalled()
    await run('failed', ask)
    expect(printed.mock.calls.flat().join()).toMatch(
      /^The sandbox refused:\n {2}GET \/v1\/api\/tickle -> 401/,
    )
  })

  it('closes the server also where the test throws', async () => {
    let origin = ''
    const thrown = run('failed', async (server) => {
      origin = server.origin
      throw new Error('thrown')
    })
    await expect(thrown).rejects.toThrow('thrown')
    await expect(fetch(origin)).rejects.toThrow(TypeError)
  })
})
