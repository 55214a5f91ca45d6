/** SSO over a socket, where callers have addresses. */
import { request } from 'node:http'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { OAuth2Client } from './oauth2-client.ts'

let server: SandboxServer
let client: OAuth2Client
let token: string

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
  client = new OAuth2Client(server.sandbox.credentials.ibkr.oauth2, fetch)
  token = await client.token(Date.now())
})

afterAll(() => server.close())

const reason = () => server.sandbox.requests.at(-1)?.refused
const post = async (path: string, ip: string, on = client, bearer = token) =>
  on.signed(path, bearer, await on.body(Date.now(), { credential: 'sandboxuser', ip }))

async function link(ip: string): Promise<string> {
  return ((await (await post('/sso-browser-sessions', ip)).json()) as { url: string }).url
}

describe('a caller on loopback', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('has the address %s', async (ip) => {
    expect((await post('/sso-sessions', ip)).status).toBe(200)
    expect((await fetch(await link(ip))).status).toBe(200)
  })

  it('does not have another one', async () => {
    expect((await post('/sso-sessions', '203.0.113.10')).status).toBe(401)
    expect(reason()).toMatch(/^address: /)
    const page = await fetch(await link('203.0.113.10'))
    expect([page.status, page.headers.get('content-type')]).toEqual([
      403,
      'text/html; charset=utf-8',
    ])
    expect(reason()).toBe('browser-link: this link was made for another address than yours')
  })

  it('stands for the address of its credentials too', async () => {
    const { ibkr } = server.sandbox.credentials
    const oauth2 = { ...ibkr.oauth2, ip: '203.0.113.10' }
    const other = await serve({ credentials: { ibkr: { ...ibkr, oauth2 } } })
    try {
      const own = new OAuth2Client(other.sandbox.credentials.ibkr.oauth2, fetch)
      const bearer = await own.token(Date.now())
      const answer = await (await post('/sso-sessions', '203.0.113.10', own, bearer)).json()
      const accounts = await own.get('/v1/api/portfolio/accounts', answer.access_token)
      expect(accounts.status).toBe(200)
    } finally {
      await other.close()
    }
  })
})

describe('a browser link', () => {
  it('is not opened under another name of this machine', async () => {
    const { pathname, search } = new URL(await link('127.0.0.1'))
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example', 'user-agent': 'test' }
      request({ port: server.port, path: pathname + search, headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([status, reason()]).toEqual([403, expect.stringMatching(/^browser-link: Host is not/)])
  })
})

describe('the token endpoint', () => {
  it('wants a User-Agent, as the edge in front of it does', async () => {
    const status = await new Promise((resolve, reject) => {
      const { port } = server
      const path = '/oauth2/api/v1/token'
      request({ port, path, method: 'POST', headers: { 'content-length': 0 } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([status, reason()]).toEqual([403, 'user-agent: the header is required'])
    expect(server.sandbox.counts.tokenCalls).toBe(2)
  })
})
