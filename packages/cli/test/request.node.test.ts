import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { untilSlow } from '../../../tests/support/index.ts'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { ibkrOAuth1Options } from '../src/internal/config/client-options.ts'
import { loadConfig } from '../src/internal/config/load.ts'
import { shownBaseString } from '../src/internal/request/trace.ts'
import { flat, isoauth, type Outside } from './harness.ts'
import { register } from './support.ts'

takePreparedKeys()
const place = serveInFolder('isoauth-request-', {})

const request = (argv: readonly string[], outside: Outside = {}) =>
  isoauth(['request', ...argv, '--config', 'isoauth.json'], { ...outside, cwd: place.cwd })

describe('each service', () => {
  it.each([
    ['/portfolio/accounts', [], 'ibkr-oauth1'],
    ['portfolio/accounts', ['--service', 'ibkr-sso'], 'ibkr-sso'],
    ['/gw/api/v1/echo/https', [], 'ibkr-oauth2'],
    ['gw/api/v1/echo/https', [], 'ibkr-oauth2'],
    ['ORIGIN/gw/api/v1/echo/https', [], 'ibkr-oauth2'],
    ['ORIGIN/v1/api/portfolio/accounts', [], 'ibkr-oauth1'],
    ['/echo/https', ['--service', 'ibkr-oauth2'], 'ibkr-oauth2'],
  ])('%s %j', async (path, argv, service) => {
    const address = path.replace('ORIGIN', place.server.origin)
    const { status, stdout } = await request(['GET', address, ...argv])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toBeTruthy()
    expect(place.server.sandbox.requests.at(-1)?.service).toBe(service)
  })
})

describe('bodies', () => {
  it.each([
    ['{"a":1}', '', '{"a":1}', 'application/json'],
    ['a=1&b=2', '', 'a=1&b=2', 'application/x-www-form-urlencoded'],
    ['-', '[1]', '[1]', 'application/json'],
    ['@body.txt', '', 'from a file', 'application/x-www-form-urlencoded'],
  ])('--data %s', async (data, stdin, body, contentType) => {
    await writeFile(join(place.cwd, 'body.txt'), 'from a file')
    const argv = ['post', '/sandbox/echo', '-d', data, '--json']
    const { stdout, status } = await request(argv, { stdin })
    const answer = JSON.parse(stdout)
    expect(answer).toMatchObject({
      status: 200,
      ok: true,
      body: { body, contentType, method: 'POST' },
    })
    expect(status).toBe(0)
  })

  it('-H sets headers, the content type too', async () => {
    const argv = [
      'PUT',
      '/sandbox/echo',
      '-d',
      '1',
      '-H',
      'Content-Type: text/plain; x=1',
      '-H',
      'X-A: b',
    ]
    const { stdout } = await request(argv)
    expect(JSON.parse(stdout).contentType).toBe('text/plain; x=1')
  })
})

describe('statuses', () => {
  it('22 for an answer of 400 and more, which is written all the same', async () => {
    const { status, stdout, stderr } = await request(['GET', '/iserver/accounts', '--include'])
    expect(status).toBe(22)
    expect(stdout).toMatch(/^HTTP 400 Bad Request\r\n(?:[\w-]+: .*\r\n)+\r\n\{"error"/)
    expect(stderr).toMatch(/^(?:Hint: .*isoauth (?:doctor|session open) --config \S+\n)?$/s)
  })

  it.each([
    [['GET', '//evil.example/x'], 2, 'IBKR_OAUTH1_URL_REFUSED'],
    [['FETCH', '/x'], 2, 'One of GET, POST'],
    [['GET', '/x', '-d', '1'], 2, 'has no body'],
    [['POST', '/x', '-H', 'nonsense'], 2, "'Name: value'"],
    [['POST', '/x', '-H', 'Authorization: Bearer x'], 2, 'isoauth writes it'],
    [['POST', '/x', '-d', '@gone'], 2, 'Cannot read gone'],
    [['GET', '/x', '--service', 'other'], 2, 'Allowed choices'],
    ...['-1', '0', '1e-9', '0x10', '', ' 1', '86401'].map((seconds): [string[], number, string] => [
      ['GET', '/x', '-m', seconds],
      2,
      'Seconds from 0.001 to 86400 are required',
    ]),
    [['GET'], 2, 'The argument PATH is missing.'],
  ])('%j ends with %i', async (argv, expected, words) => {
    const { status, stderr, stdout } = await request(argv)
    expect(flat(stderr)).toContain(words)
    expect(status).toBe(expected)
    expect(stdout).toBe('')
  })

  it('1 without an answer in time, 130 when interrupted', async () => {
    place.server.sandbox.fault({ path: '/tickle', kind: 'slow', value: 60_000, times: 2 })
    const late = await request(['POST', '/tickle', '-m', '0.3'])
    expect(late.stderr).toContain('IBKR_OAUTH1_TIMEOUT')
    expect(late.stderr).toMatch(
      /within [\d.]+ s\.\s+isoauth\s+request\s+waits\s+longer\s+with\s+--max-time/,
    )
    expect(late.status).toBe(1)
    const controller = new AbortController()
    const running = request(['POST', '/tickle'], { signal: controller.signal })
    await untilSlow(place.server.sandbox)
    controller.abort()
    const { status, stderr } = await running
    expect(status).toBe(130)
    expect(stderr).toBe('')
  })
})

it('writes bytes as they come', async () => {
  // A service of our own behind the sandbox's handshake: the answer is no text in any encoding.
  const body = Buffer.from([0, 255, 13, 10, 128, 27])
  const front = createServer(async (incoming, outgoing) => {
    if (incoming.url?.endsWith('/raw')) {
      outgoing.end(body)
      return
    }
    const answer = await fetch(place.server.origin + incoming.url, {
      method: incoming.method ?? 'GET',
      headers: { authorization: incoming.headers.authorization ?? '', 'user-agent': 'x' },
    })
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' })
    outgoing.end(await answer.text())
  })
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
  try {
    const { port } = front.address() as AddressInfo
    const env = {
      ISOAUTH_IBKR_OAUTH1_BASE_URL: `http://127.0.0.1:${port}/v1/api`,
      ISOAUTH_IBKR_OAUTH1_SIGNING_BASE_URL: `${place.server.origin}/v1/api`,
    }
    const { bytes, status } = await request(['GET', '/raw'], { env })
    expect(Buffer.from(bytes)).toEqual(body)
    expect(status).toBe(0)
    const json = await request(['GET', '/raw', '--json'], { env })
    expect(JSON.parse(json.stdout).bodyBase64).toBe(body.toString('base64'))
  } finally {
    front.closeAllConnections()
    front.close()
  }
})

describe('the token cache', () => {
  const handshakes = () =>
    place.server.sandbox.requests.filter(({ path }) => path.endsWith('/live_session_token')).length

  it('spares the second run its handshake, for own credentials, sealed; --no-cache does not', async () => {
    await isoauth(['keygen', '--out', 'own', '--group', 'modp2048'], { cwd: place.cwd })
    const own = (await register(place.server, join(place.cwd, 'own'))) as {
      ibkr: { oauth1: object }
    }
    const base = { baseUrl: `${place.server.origin}/v1/api` }
    const config = { ibkr: { oauth1: { ...base, ...own.ibkr.oauth1 } } }
    await writeFile(join(place.cwd, 'own/own.json'), JSON.stringify(config))
    const env = { XDG_CACHE_HOME: join(place.cwd, 'cache') }
    const send = (...argv: string[]) =>
      isoauth(['request', 'GET', '/portfolio/accounts', '-c', 'own/own.json', ...argv], {
        cwd: place.cwd,
        env,
      })
    const before = handshakes()
    expect((await send()).status).toBe(0)
    // A process ends once it is written; here the next run begins at once.
    const kept = async () => (await readdir(join(place.cwd, 'cache/isoauth'))).join()
    const isKept = () => eventually(async () => expect(await kept()).toMatch(/^\w+\.sealed$/))
    await isKept()
    expect((await send()).status).toBe(0)
    // The other commands have the same cache.
    const session = ['session', 'status', '-c', 'own/own.json']
    expect((await isoauth(session, { cwd: place.cwd, env })).stdout).toContain('authenticated')
    expect(handshakes() - before).toBe(1)
    await isKept()
    const name = await kept()
    const file = join(place.cwd, 'cache/isoauth', name)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    await writeFile(file, 'broken')
    expect((await send()).status).toBe(0)
    expect(handshakes() - before).toBe(2)
    expect((await send('--no-cache')).status).toBe(0)
    expect(handshakes() - before).toBe(3)
  })

  it('is filled once by commands that run at the same time: a sign-in ends the token of the one before', async () => {
    const env = { XDG_CACHE_HOME: join(place.cwd, 'cache-of-many') }
    const before = handshakes()
    const runs = await Promise.all(
      Array.from({ length: 6 }, () =>
        isoauth(['request', 'GET', '/portfolio/accounts', '-c', 'own/own.json'], {
          cwd: place.cwd,
          env,
        }),
      ),
    )
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0])
    expect(handshakes() - before).toBe(1)
  })

  it("keeps nothing of a sandbox's credentials", async () => {
    const env = { XDG_CACHE_HOME: join(place.cwd, 'none') }
    expect((await request(['GET', '/portfolio/accounts'], { env })).status).toBe(0)
    expect(existsSync(join(place.cwd, 'none'))).toBe(false)
  })
})

describe('a network failure', () => {
  it('names host, code and remedy, in text and in JSON', async () => {
    const gone = createServer()
    await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done))
    const { port } = gone.address() as AddressInfo
    await new Promise((done) => gone.close(done))
    const env = { ISOAUTH_IBKR_OAUTH1_BASE_URL: `http://127.0.0.1:${port}/v1/api` }
    const text = await request(['GET', '/x'], { env })
    const words = `No answer from 127.0.0.1:${port}: nothing listens there (ECONNREFUSED). Check baseUrl`
    expect(flat(text.stderr)).toContain(words)
    const json = await request(['GET', '/x', '--json'], { env })
    expect(JSON.parse(json.stdout).error).toMatchObject({
      code: 'IBKR_OAUTH1_NETWORK',
      network: 'ECONNREFUSED',
      host: `127.0.0.1:${port}`,
    })
    expect(text.status).toBe(1)
  })

  it('of a certificate that nobody here vouches for names NODE_EXTRA_CA_CERTS', async () => {
    const pem = ['-keyout', join(place.cwd, 'tls.key'), '-out', join(place.cwd, 'tls.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
    execFileSync('openssl', [...make, ...pem, ...subject], { stdio: 'ignore' })
    const [key, cert] = await Promise.all([
      readFile(join(place.cwd, 'tls.key')),
      readFile(join(place.cwd, 'tls.pem')),
    ])
    const tls = createTlsServer({ key, cert }, (_, answer) => answer.end('{}'))
    await new Promise<void>((done) => tls.listen(0, '127.0.0.1', done))
    try {
      const { port } = tls.address() as AddressInfo
      const env = { ISOAUTH_IBKR_OAUTH1_BASE_URL: `https://localhost:${port}/v1/api` }
      const { stderr, status } = await request(['GET', '/x'], { env })
      expect(flat(stderr)).toContain('(DEPTH_ZERO_SELF_SIGNED_CERT)')
      expect(flat(stderr)).toContain('NODE_EXTRA_CA_CERTS=/path/to/ca.pem')
      expect(status).toBe(1)
    } finally {
      tls.closeAllConnections()
      tls.close()
    }
  })
})

describe('--verbose', () => {
  it('shows the exchange and hides what is secret', async () => {
    const { stderr, stdout } = await request(['GET', '/portfolio/accounts', '-v'])
    expect(JSON.parse(stdout)).toHaveLength(1)
    expect(stderr).toMatch(/^> GET http:.*\/portfolio\/accounts$/m)
    expect(stderr).toMatch(/^> signature base string: GET&http.*oauth_token%3D\[hidden\]$/m)
    expect(stderr).toContain('base string: [decrypted secret in hex, hidden]POST&http')
    expect(stderr).toMatch(/^< 200 OK \(\d+ ms\)$/m)
    const { accessToken } = place.server.sandbox.credentials.ibkr.oauth1
    expect(stderr).not.toContain(accessToken)
    expect(stderr).not.toMatch(/oauth_signature="(?!\[hidden\])/)
    const bearer = await request(['GET', '/portfolio/accounts', '-v', '--service', 'ibkr-sso'])
    expect(bearer.stderr).toContain('> authorization: Bearer [hidden]')
    expect(bearer.stderr).not.toMatch(/eyJ/)
  })

  it.each(['oauth_token', 'oauth_signature'])(
    'hides what an answer repeats of %s',
    async (name) => {
      const { sandbox } = place.server
      sandbox.respond(
        '/x',
        ({ headers }) => {
          const sent = new Headers(headers).get('authorization') ?? ''
          const [, value = ''] = new RegExp(`${name}="([^"]*)"`).exec(sent) ?? []
          const echo = `${value} ${decodeURIComponent(value)}`
          return new Response('{}', { headers: { 'x-echo': `it was ${echo}` } })
        },
        { times: 1 },
      )
      const { stderr } = await request(['GET', '/x', '-v'])
      expect(stderr).toMatch(/^< x-echo: it was \[hidden\] \[hidden\]$/m)
    },
  )

  it('hides what a person gives in headers', async () => {
    const argv = ['Cookie', 'X-Api-Key', 'Proxy-Authorization', 'X-Anything'].flatMap((name) => [
      '-H',
      `${name}: PLANTED`,
    ])
    const { stderr } = await request(['GET', '/portfolio/accounts', '-v', ...argv])
    expect(stderr).toMatch(/^> cookie: \[hidden\]$/m)
    expect(stderr).not.toContain('PLANTED')
  })

  it('shows the very base string that was signed', async () => {
    const config = await loadConfig({ file: 'isoauth.json', env: {}, cwd: place.cwd })
    const { accessToken } = place.server.sandbox.credentials.ibkr.oauth1
    const client = createIbkrOAuth1({ ...ibkrOAuth1Options(config), querySigning: 'wire' })
    const url = `${place.server.origin}/v1/api/sandbox/echo?b=2%20x&a=1`
    const authorization = await client.authorizationHeader({ method: 'GET', url })
    const headers = new Headers({ authorization })
    const shown = shownBaseString({ method: 'GET', url, headers }, 'wire') ?? ''
    const { token } = await client.liveSessionToken()
    const baseString = shown.replace('[hidden]', accessToken)
    const signature = createHmac('sha256', token).update(baseString).digest('base64')
    expect(authorization).toContain(`oauth_signature="${encodeURIComponent(signature)}"`)
  })
})
