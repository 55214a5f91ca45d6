import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createSandbox } from '@isoauth/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tracedFetch } from '../src/internal/request/trace.ts'
import { flat, isoauth } from './harness.ts'

let server: Server
let cwd: string
let seen: number
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith('/oauth2/') === true) {
      response.setHeader('content-type', 'application/json')
      const token = { access_token: 'token-of-tests-123', token_type: 'Bearer', expires_in: 600 }
      response.end(JSON.stringify(token))
      return
    }
    seen += 1
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { credentials } = await createSandbox({ origin })
  const { oauth2 } = credentials.ibkr
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-hints-'))
  await writeFile(join(cwd, 'isoauth.json'), JSON.stringify({ ibkr: { oauth2 } }), { mode: 0o600 })
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  await rm(cwd, { recursive: true, maxRetries: 5 })
})

const request = async (
  status: number,
  body: string,
  argv: readonly string[] = [],
  path = '/gw/api/v1/echo/x',
) => {
  seen = 0
  answer = (_, response) => {
    response.statusCode = status
    response.end(body)
  }
  const all = ['request', 'POST', path, '--service', 'ibkr-oauth2', ...argv]
  return await isoauth(all, { cwd })
}

describe('hints', () => {
  it.each([
    [400, '{"error":"Bad Request: no bridge"}', 'isoauth session open'],
    [401, '{"error":"no"}', 'isoauth doctor'],
  ])('of %i name the command that helps, on standard error alone', async (status, body, words) => {
    const told = await request(status, body)
    expect(flat(told.stderr)).toContain(words)
    expect(told.stdout).toBe(body)
    expect(told.status).toBe(22)
    const { hint } = JSON.parse((await request(status, body, ['--json'])).stdout)
    expect(hint).toContain(words)
  })

  it.each([
    [400, '{"error":"Bad Request: no bridge"}', 'isoauth session open'],
    [401, '{"error":"no"}', 'isoauth doctor'],
  ])(
    'of %i name the configuration that was named, and break no command',
    async (status, body, words) => {
      const file = 'a folder with a name that is long/and of a file that is long too.json'
      await mkdir(join(cwd, dirname(file)), { recursive: true })
      await copyFile(join(cwd, 'isoauth.json'), join(cwd, file))
      await copyFile(join(cwd, 'isoauth.json'), join(cwd, 'isoauth.paper.json'))
      const named = await request(status, body, ['--config', file])
      expect(named.stderr).toMatch(new RegExp(`^${words} --config '${file}'$`, 'm'))
      const { stderr } = await request(status, body, ['--profile', 'paper'])
      expect(stderr.replaceAll('\n', '')).toMatch(new RegExp(`${words} --profile paper$`))
    },
  )

  it('of a path that repeats the end of the base URL say what to leave out', async () => {
    const path = '/v1/api/v1/api/portfolio/accounts'
    expect(flat((await request(404, 'nothing', [], path)).stderr)).toContain(
      'Hint: the base URL ends in /v1/api already, and PATH lies below it: leave /v1/api out of PATH.',
    )
    expect((await request(403, 'nothing', [], path)).stderr).toBe('')
  })

  it.each([
    [200, '{"error":"no bridge"}'],
    [404, 'nothing'],
    [503, 'busy'],
  ])('of %i there is none, and nothing is sent twice', async (status, body) => {
    const { stderr } = await request(status, body)
    expect(stderr).toBe('')
    expect(seen).toBe(1)
  })
})

describe('--verbose hides', () => {
  const trace = async (url: string, headers: Record<string, string>, hidden: string[] = []) => {
    const lines: string[] = []
    const platform = async (_: unknown, init?: RequestInit) => {
      const sent = new Headers(init?.headers)
      const echo = [...sent].filter(([name]) => name !== 'authorization').map(([, value]) => value)
      return new Response('', { headers: { 'x-echo': echo.join(' | ') } })
    }
    const fetch = tracedFetch(platform as typeof globalThis.fetch, {
      say: (line) => void lines.push(line),
      querySigning: 'wire',
      hidden,
      secrets: [],
    })
    await fetch(url, { headers })
    return lines.join('\n')
  }
  const authorization = 'OAuth realm="x", oauth_consumer_key="AAA", oauth_nonce="1"'

  it.each(['access_token', 'apiKey', 'X-Amz-Signature', 'pass', 'code', '%74oken'])(
    'the value of %s in the query, and in the base string',
    async (name) => {
      const text = await trace(`https://x.example/a?b=seen&${name}=s3c`, { authorization })
      expect(text).not.toContain('s3c')
      expect(text).toContain('b=seen')
      expect(text).toContain('signature base string: GET&')
    },
  )

  it.each([
    ['Cookie', 'sid=cookie-of-tests; a=b', 'cookie-of-tests'],
    ['X-Api-Key', 'api-key-of-tests', 'api-key-of-tests'],
    ['X-Mine', 'Scheme own-header-of-tests', 'own-header-of-tests'],
  ])('%s, and what the answer quotes of it', async (name, value, secret) => {
    const text = await trace('https://x.example/a', { [name]: value }, [name.toLowerCase()])
    expect(text).toContain('< x-echo:')
    expect(text).not.toContain(secret)
  })
})
