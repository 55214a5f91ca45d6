import { type FaultRule, type Sandbox, SandboxError } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bytesOfHex, startHandshaken, type TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  ;({ sandbox, client } = await startHandshaken())
})

beforeEach(() => sandbox.clearFaults())

const tickle = () => client.call('/tickle')

describe('the path of a fault', () => {
  it.each(['/tickle', '/tickle/', '/tickle/*', '/tickle*', '/v1/api/tickle', '/', '*'])(
    'may be given as %s',
    async (path) => {
      sandbox.fault({ path, kind: 'status', status: 503 })
      expect((await tickle()).status).toBe(503)
    },
  )

  it.each(['/tick', '/tickle/x', '/iserver', '/api/tickle'])('is another one: %s', async (path) => {
    sandbox.fault({ path, kind: 'status', status: 503 })
    expect((await tickle()).status).toBe(200)
  })

  it.each(['/iserver', '/iserver/', '/iserver/*'])('%s covers what lies below it', async (path) => {
    sandbox.fault({ path, kind: 'status', status: 503 })
    expect((await client.call('/iserver/accounts')).status).toBe(503)
  })
})

describe('each kind of fault', () => {
  it('status', async () => {
    sandbox.fault({ path: '/v1/api/tickle', kind: 'status', status: 503, times: 2 })
    expect((await tickle()).status).toBe(503)
    expect((await tickle()).status).toBe(503)
    expect((await tickle()).status).toBe(200)
    expect(sandbox.requests.at(-2)?.fault).toBe('status')
    expect(sandbox.requests.at(-1)?.fault).toBeNull()
  })

  it('respond', async () => {
    const value = { status: 410, headers: { 'x-a': 'b' }, body: 'gone' }
    sandbox.fault({ path: '/tickle', kind: 'respond', value })
    const response = await tickle()
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([
      410,
      'b',
      'gone',
    ])
    sandbox.fault({ path: '/tickle', kind: 'respond', value: { body: { a: 1 } } })
    expect(await (await tickle()).json()).toEqual({ a: 1 })
  })

  it('reset before the request is processed, and after', async () => {
    const authorized = sandbox.counts.authorized
    sandbox.fault({ path: '/tickle', kind: 'reset' })
    await expect(tickle()).rejects.toThrow(TypeError)
    expect(sandbox.counts.authorized).toBe(authorized)
    sandbox.fault({ path: '/tickle', kind: 'reset', value: 'after' })
    await expect(tickle()).rejects.toThrow('reset')
    expect(sandbox.counts.authorized).toBe(authorized + 1)
  })

  it('slow, before the headers and within the body', async () => {
    sandbox.fault({ path: '/tickle', kind: 'slow', value: 120 })
    const start = performance.now()
    expect((await tickle()).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThan(100)
    const { setTimeout: realTimeout } = globalThis
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      sandbox.fault({ path: '/tickle', kind: 'slow', value: { body: 60_000 } })
      const aTimer = async () => {
        while (vi.getTimerCount() === 0) await new Promise((resolve) => realTimeout(resolve))
      }
      const headers = tickle()
      await aTimer()
      await vi.advanceTimersByTimeAsync(1)
      const response = await headers
      const read = vi.fn()
      const body = response.json().then((json) => {
        read()
        return json
      })
      await aTimer()
      await vi.advanceTimersByTimeAsync(59_998)
      expect(read).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(2)
      expect(await body).toHaveProperty('session')
    } finally {
      vi.useRealTimers()
    }
  })

  it('html', async () => {
    sandbox.fault({ path: '/tickle', kind: 'html' })
    const response = await tickle()
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html'])
    expect(await response.text()).toContain('Access Denied')
    sandbox.fault({ path: '/tickle', kind: 'html', status: 200 })
    expect((await tickle()).status).toBe(200)
  })

  it('truncated', async () => {
    sandbox.fault({ path: '/tickle', kind: 'truncated' })
    const response = await tickle()
    expect(response.status).toBe(200)
    await expect(response.json()).rejects.toThrow()
  })

  it('retry-after', async () => {
    sandbox.fault({ path: '/tickle', kind: 'retry-after', value: 7 })
    const response = await tickle()
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
    sandbox.fault({ path: '/tickle', kind: 'retry-after', status: 503 })
    expect((await tickle()).status).toBe(503)
  })

  it('wrong-lst-signature differs in one bit, and waits for a handshake', async () => {
    sandbox.fault({ path: '*', kind: 'wrong-lst-signature' })
    expect((await tickle()).status).toBe(200)
    await expect(client.handshake()).rejects.toThrow('signature of the server')
    await client.handshake()
  })

  it('dh-response-one', async () => {
    sandbox.fault({ path: '/oauth/live_session_token', kind: 'dh-response-one' })
    const { response } = await client.requestToken()
    expect((await response.json()).diffie_hellman_response).toBe('1')
    sandbox.fault({ path: '*', kind: 'dh-response-one', value: '00' })
    expect((await (await client.requestToken()).response.json()).diffie_hellman_response).toBe('00')
    expect(bytesOfHex('00')).toHaveLength(1)
    await client.handshake()
  })

  it('clock-skew moves its clock and Date', async () => {
    sandbox.fault({ path: '/', kind: 'clock-skew', value: 3_600_000 })
    const response = await tickle()
    expect(response.status).toBe(401)
    const date = Date.parse(response.headers.get('date') ?? '')
    expect(Math.abs(date - Date.now() - 3_600_000)).toBeLessThan(5000)
    expect(sandbox.requests.at(-1)?.refused).toMatch(/^clock: .* behind/)
    sandbox.fault({ path: '/', kind: 'clock-skew', value: 3_600_000 })
    const now = Date.now() + 3_600_000
    expect((await client.call('/tickle', {}, { now })).status).toBe(200)
  })

  it('can hide the clock', async () => {
    sandbox.fault({ path: '/', kind: 'respond', value: { status: 401, headers: { date: '' } } })
    expect((await tickle()).headers.get('date')).toBe('')
  })
})

describe('rules', () => {
  it('match a path with or without its base, folders, and everything', async () => {
    for (const path of ['/v1/api/tickle', '/tickle', '/v1/api', '/v1/api/*', '*', '/']) {
      sandbox.fault({ path, kind: 'status', status: 418 })
      expect([path, (await tickle()).status]).toEqual([path, 418])
    }
    for (const path of ['/v1/api/tick', '/iserver', '/tradingapi/v1']) {
      sandbox.fault({ path, kind: 'status', status: 418 })
      expect([path, (await tickle()).status]).toEqual([path, 200])
    }
  })

  it('come over HTTP too', async () => {
    const url = `${origin}/__sandbox/faults`
    const rule = { path: '/tickle', times: 3, kind: 'status', status: 500 }
    const added = await sandbox.fetch(url, { method: 'POST', body: JSON.stringify(rule) })
    expect([added.status, await added.json()]).toEqual([201, [rule]])
    expect((await tickle()).status).toBe(500)
    expect(await (await sandbox.fetch(url)).json()).toEqual([{ ...rule, times: 2 }])
    expect((await sandbox.fetch(url, { method: 'DELETE' })).status).toBe(204)
    expect((await tickle()).status).toBe(200)
    const refused = await sandbox.fetch(url, { method: 'POST', body: '{"path":"x"}' })
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: expect.stringContaining('path'), code: 'SANDBOX_OPTION_INVALID', option: 'path' },
    ])
    expect((await sandbox.fetch(url, { method: 'POST', body: '{' })).status).toBe(400)
  })

  it.each<[string, unknown]>([
    ['path', { kind: 'reset' }],
    ['kind', { path: '/', kind: 'explode' }],
    ['times', { path: '/', kind: 'reset', times: 0 }],
    ['status', { path: '/', kind: 'status' }],
    ['status', { path: '/', kind: 'status', status: 99 }],
    ['value', { path: '/', kind: 'respond' }],
    ['value', { path: '/', kind: 'respond', value: { status: 20 } }],
    ['value', { path: '/', kind: 'respond', value: { headers: { a: 1 } } }],
    ['value', { path: '/', kind: 'reset', value: 'during' }],
    ['value', { path: '/', kind: 'slow', value: -1 }],
    ['value', { path: '/', kind: 'slow', value: 'long' }],
    ['value', { path: '/', kind: 'clock-skew' }],
    ['value', { path: '/', kind: 'retry-after', value: {} }],
    ['fault', null],
    ['state', { path: '/', kind: 'status', state: 503 }],
    ['time', { path: '/', kind: 'html', time: 2 }],
  ])('refuse a bad %s', (option, rule) => {
    expect(() => sandbox.fault(rule as FaultRule)).toThrow(SandboxError)
    try {
      sandbox.fault(rule as FaultRule)
    } catch (error) {
      expect(error).toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
    }
  })
})
