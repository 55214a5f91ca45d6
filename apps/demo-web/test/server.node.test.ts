import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo, type Demo } from '../src/server/demo.ts'
import type { TrailStep } from '../src/trail.ts'

let folder: string
let demo: Demo

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-web-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>')
  demo = await createDemo({ folder })
})
afterAll(async () => {
  await demo.close({ timeoutMs: 0 })
  await rm(folder, { recursive: true })
})

const get = (path: string, headers = {}) =>
  fetch(demo.origin + path, { redirect: 'manual', headers })
const post = (path: string, headers = {}) =>
  fetch(demo.origin + path, { method: 'POST', redirect: 'manual', headers })

describe('the demo server', () => {
  it.each(['/', '/inspector', '/sign-on'])(
    'shows the page at %s, closed to other origins',
    async (path) => {
      const { status, headers } = await get(path)
      expect(status).toBe(200)
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self';/,
      )
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    },
  )

  it('gives no file but those of the page, and leaves the rest to the sandbox', async () => {
    expect((await get('/..%2fpackage.json')).status).toBe(404)
    expect((await get('/portal')).headers.get('x-isoauth-sandbox')).toBe('SANDBOX')
    expect((await get('/__sandbox/counts')).status).toBe(200)
  })

  it('does nothing for another site', async () => {
    const before = demo.sandbox.counts.tokenCalls
    for (const headers of [
      { origin: 'https://elsewhere.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await post('/demo/browser-link', headers)).status).toBe(404)
      expect((await post('/demo/ultracart/sign-in', headers)).status).toBe(404)
    }
    expect(demo.sandbox.counts.tokenCalls).toBe(before)
  })

  it('makes a browser link, and shows no token and no signature of it', async () => {
    const text = await (await post('/demo/browser-link')).text()
    const { steps, url } = JSON.parse(text) as { steps: TrailStep[]; url: string }
    expect(steps.map(({ failure }) => failure)).toEqual([undefined, undefined])
    expect(url).toContain('ACTION=TransferFunds')
    expect(steps[0]?.fields.map(({ name }) => name)).toContain('Claims of the JWT')
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/)
    expect(text).not.toContain('PRIVATE KEY')
  })

  it('tells what failed, without more of it than its code and message', async () => {
    demo.sandbox.fault({ path: '/oauth2/api/v1/token', kind: 'status', status: 503, times: 9 })
    const { steps, url } = (await (await post('/demo/browser-link')).json()) as {
      steps: TrailStep[]
      url?: string
    }
    demo.sandbox.clearFaults()
    expect(url).toBeUndefined()
    expect(steps.at(-1)?.failure?.code).toMatch(/^IBKR_OAUTH2_/)
  })

  it('takes a callback once, of the browser that began', async () => {
    const begun = await post('/demo/ultracart/sign-in')
    const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(begun.headers.get('location')).toContain('/ultracart/login?')
    expect(begun.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax$/)
    // Without the cookie it is nobody's callback.
    const path = '/demo/ultracart/return?code=abc&state=def'
    expect((await get(path)).headers.get('set-cookie')).toBeNull()
    const before = demo.sandbox.counts.ultracartTokenRequests
    const back = await get(path, { cookie })
    const next = back.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(next).not.toBe(cookie)
    const { steps } = (await (await get('/demo/ultracart/trail', { cookie: next })).json()) as {
      steps: TrailStep[]
    }
    expect(steps.at(-1)?.failure?.code).toBe('ULTRACART_SSO_STATE_MISMATCH')
    expect(demo.sandbox.counts.ultracartTokenRequests).toBe(before)
    expect((await get(path, { cookie: next })).headers.get('set-cookie')).toBeNull()
    expect(await (await get('/demo/ultracart/trail', { cookie })).json()).toEqual({ steps: [] })
  })
})

describe('the program', () => {
  const program = fileURLToPath(new URL('../dist/server/main.js', import.meta.url))

  it('prints its address, and ends with 0 when it is asked to', async () => {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8')
    for await (const part of child.stdout) {
      text += part
      if (text.includes('Ctrl-C')) break
    }
    const [, origin = ''] = /^demo: (http:\/\/127\.0\.0\.1:\d+)\nCtrl-C ends it\n$/.exec(text) ?? []
    expect((await fetch(origin)).status).toBe(200)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
