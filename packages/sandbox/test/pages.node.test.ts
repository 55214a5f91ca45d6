import { request } from 'node:http'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let server: SandboxServer
/** What the application was asked. */
let asked: string[]

beforeAll(async () => {
  server = await serve({
    async pages(incoming) {
      const { pathname } = new URL(incoming.url)
      asked.push(`${incoming.method} ${pathname}`)
      if (pathname === '/app') return new Response('the application')
      return pathname === '/' ? new Response(`home ${await incoming.text()}`) : undefined
    },
  })
})
afterAll(() => server.close())
beforeEach(() => {
  asked = []
})

interface Sent {
  readonly status: number
  readonly text: string
  readonly location: string | undefined
}

/** Headers such as `Host` that `fetch` does not let a program set. */
function send(path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<Sent>((resolve, reject) => {
    const outgoing = request({ port: server.port, path, method, headers }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      const { statusCode: status = 0, headers: answered } = incoming
      incoming.on('end', () => resolve({ status, text, location: answered.location }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('pages of an application', () => {
  it('are answered before the sandbox, which keeps no record of them', async () => {
    const before = server.sandbox.counts.requests
    expect(await (await fetch(`${server.origin}/app`)).text()).toBe('the application')
    const home = await fetch(server.origin, { method: 'POST', body: 'with a body' })
    expect(await home.text()).toBe('home with a body')
    expect(server.sandbox.counts.requests).toBe(before)
  })

  it('leave everything else to the sandbox, bodies included', async () => {
    const response = await fetch(`${server.origin}/portal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ consumerKey: 'short' }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ field: 'consumerKey' })
    expect(asked).toEqual(['POST /portal'])
  })

  it('are not asked for the sandbox’s controls', async () => {
    expect((await fetch(`${server.origin}/__sandbox/counts`)).status).toBe(200)
    expect(asked).toEqual([])
  })

  it('are not shown under another name for this machine (DNS rebinding)', async () => {
    const { text } = await send('/app', { host: 'rebound.example', 'user-agent': 'test' })
    expect(text).not.toContain('the application')
    expect(asked).toEqual([])
  })

  it.each([
    { origin: 'https://elsewhere.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('take nothing that another site sends: %o', async (headers) => {
    const own = { host: new URL(server.origin).host, 'user-agent': 'test', 'content-length': '0' }
    expect((await send('/app', { ...own, ...headers }, 'POST')).text).not.toContain('application')
    expect(asked).toEqual([])
    // A link there may still lead to a page here.
    expect((await send('/app', { ...own, ...headers })).text).toBe('the application')
  })

  it('lead a person who opens them under another name of this machine to their own', async () => {
    const { origin, port } = server
    const open = (host: string, more = {}) =>
      send('/app?a=1', { host, 'sec-fetch-mode': 'navigate', ...more })
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect(await open(host)).toMatchObject({ status: 307, location: `${origin}/app?a=1` })
    }
    expect(asked).toEqual([])
    // Programs, other machines and other ports are judged as before.
    for (const sent of [
      send('/app', { host: `localhost:${port}` }),
      open(`localhost:${port}`, { 'sec-fetch-mode': 'cors' }),
      open(`evil.example:${port}`),
      open('localhost:1'),
      open(`localhost.evil.example:${port}`),
      open('local host'),
    ]) {
      expect((await sent).location).toBeUndefined()
    }
    expect(asked).toEqual([])
    const control = { host: `localhost:${port}`, 'sec-fetch-mode': 'navigate' }
    expect((await send('/__sandbox/counts', control)).status).toBe(403)
  })

  it('have to be a function', async () => {
    await expect(serve({ pages: '<html>' as never })).rejects.toMatchObject({
      code: 'SANDBOX_OPTION_INVALID',
      option: 'pages',
    })
  })
})
