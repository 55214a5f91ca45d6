/** The sandbox in place of the services, in tests of an app: made at once, decided on, answered for, moved in time. */
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { OAuth2Client } from './oauth2-client.ts'
import { authorize, encode, rsaSigner, TestClient } from './signer.ts'
import { STATE, UltraCart } from './ultracart-client.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await createSandbox()
})

const { origin } = { origin: 'http://127.0.0.1:8787' }
const firstParty = () => new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
const firm = () => new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
const code = (name: string) => expect.objectContaining({ code: name, option: 'loginUrl' })

async function sign(path: string, parameters: Record<string, string>): Promise<Response> {
  const { thirdParty } = sandbox
  const url = thirdParty.baseUrl + path
  const { header } = await authorize(
    thirdParty,
    { method: 'POST', now: sandbox.now(), url, parameters },
    'RSA-SHA256',
    await rsaSigner(thirdParty.signatureKey),
  )
  return sandbox.fetch(url, { method: 'POST', headers: { authorization: header } })
}

async function consentUrl(): Promise<{ token: string; url: string }> {
  const answer = await sign('/oauth/request_token', { oauth_callback: 'oob' })
  const { oauth_token: token } = (await answer.json()) as { oauth_token: string }
  return { token, url: `${sandbox.thirdParty.authorizeUrlBase}?oauth_token=${token}` }
}

async function loginUrl(): Promise<string> {
  const answer = await new UltraCart(sandbox).authorize()
  return ((await answer.json()) as { login_url: string }).login_url
}

async function browserLink(): Promise<string> {
  const client = firm()
  const token = await client.token(sandbox.now())
  const body = await client.body(sandbox.now(), { credential: 'sandboxuser', ip: '127.0.0.1' })
  const answer = await client.signed('/sso-browser-sessions', token, body)
  return ((await answer.json()) as { url: string }).url
}

describe('without options', () => {
  it('every way in works', async () => {
    expect(sandbox.origin).toBe(origin)
    const client = firstParty()
    await client.handshake()
    expect((await client.call('/portfolio/accounts')).status).toBe(200)
    await firm().token(Date.now())
    await loginUrl()
    expect(sandbox.requests.map(({ refused }) => refused)).toEqual(Array(4).fill(null))
  })

  it('credentials are the same in every sandbox, and say what they are', async () => {
    const { ibkr } = sandbox.credentials
    expect((await createSandbox()).credentials.ibkr).toEqual(ibkr)
    expect([ibkr.oauth1.consumerKey, ibkr.oauth2.clientId, ibkr.oauth2.keyId]).toEqual([
      'SANDBOXTK',
      'SANDBOX-prepared',
      'SANDBOX-prepared',
    ])
  })

  it('keys are generated only when asked for', async () => {
    const generate = vi.spyOn(crypto.subtle, 'generateKey')
    try {
      await createSandbox({ origin: 'http://localhost:1', ultracart: { overlap: 'allow' } })
      expect(generate).not.toHaveBeenCalled()
      const fresh = await createSandbox({ credentials: 'fresh' })
      expect(generate).toHaveBeenCalledTimes(3)
      const { signatureKey } = fresh.credentials.ibkr.oauth1
      expect(signatureKey).not.toBe(sandbox.credentials.ibkr.oauth1.signatureKey)
    } finally {
      generate.mockRestore()
    }
  })

  it('prepared credentials are as good as any that are given', async () => {
    const again = await createSandbox({ credentials: sandbox.credentials })
    expect(again.credentials.ibkr).toEqual(sandbox.credentials.ibkr)
    const client = new TestClient(again.credentials.ibkr.oauth1, again.fetch)
    await client.handshake()
    expect((await client.call('/tickle')).status).toBe(200)
  })
})

describe('approve and refuse', () => {
  it('at the consent page of a third party', async () => {
    const { token, url } = await consentUrl()
    const callback = await sandbox.approve(url)
    expect(callback.origin + callback.pathname).toBe(sandbox.thirdParty.callback)
    expect(callback.searchParams.get('oauth_token')).toBe(token)
    const oauth_verifier = callback.searchParams.get('oauth_verifier') ?? ''
    const answer = await sign('/oauth/access_token', { oauth_token: token, oauth_verifier })
    expect(answer.status).toBe(200)

    const other = await consentUrl()
    const refused = await sandbox.refuse(new URL(other.url))
    expect(Object.fromEntries(refused.searchParams)).toEqual({
      oauth_token: other.token,
      oauth_problem: 'user_refused',
    })
  })

  it('goes to the registered callback alone', async () => {
    const { url } = await consentUrl()
    const asking = (redirect: string) => `${url}&redirect_uri=${encodeURIComponent(redirect)}`
    for (const other of ['https://evil.example', `${sandbox.thirdParty.callback}/`, '']) {
      await expect(sandbox.approve(asking(other))).rejects.toEqual(code('SANDBOX_LOGIN_UNKNOWN'))
    }
    const callback = await sandbox.approve(asking(sandbox.thirdParty.callback))
    expect(callback.origin + callback.pathname).toBe(sandbox.thirdParty.callback)
  })

  it("at UltraCart's login page, as whom one likes", async () => {
    const client = new UltraCart(sandbox)
    for (const user of ['mara', 'theo'] as const) {
      const callback = await sandbox.approve(await loginUrl(), { user })
      expect(callback.searchParams.get('state')).toBe(STATE)
      const answer = await client.token(callback.searchParams.get('code'))
      const { simple_key: key } = (await answer.json()) as { simple_key: string }
      expect(await (await client.user(key)).json()).toMatchObject({ login: user })
    }
    const refused = await sandbox.refuse(await loginUrl())
    expect(refused.searchParams.get('error')).toBe('access_denied')
    expect(refused.searchParams.get('state')).toBe(STATE)
    await expect(sandbox.approve(await loginUrl(), { user: 'nobody' })).rejects.toMatchObject({
      code: 'SANDBOX_OPTION_INVALID',
      option: 'user',
    })
  })

  it('with a browser link, which leads nowhere else and asks nothing', async () => {
    const link = await browserLink()
    await expect(sandbox.refuse(link)).rejects.toMatchObject({ code: 'SANDBOX_OPTION_INVALID' })
    expect((await sandbox.approve(link)).href).toBe(link)
    expect(sandbox.counts.ssoBrowserSignIns).toBe(1)
    expect((await sandbox.fetch(link)).status).toBe(410)
    await expect(sandbox.approve(link)).rejects.toEqual(code('SANDBOX_LOGIN_USED'))
  })

  it.each<[string, () => Promise<string>]>([
    ['a consent page', async () => (await consentUrl()).url],
    ['a login page', loginUrl],
    ['a browser link', browserLink],
  ])('%s is decided on once, and in time', async (_what, begin) => {
    const first = await begin()
    await sandbox.approve(first)
    await expect(sandbox.approve(first)).rejects.toEqual(code('SANDBOX_LOGIN_USED'))
    sandbox.advance(2000)
    const second = await begin()
    sandbox.advance(600_000)
    const late = sandbox.approve(second)
    await expect(late).rejects.toEqual(code('SANDBOX_LOGIN_EXPIRED'))
    await expect(late).rejects.toThrow(/; begin a new login$/)
  })

  it.each([
    'https://interactivebrokers.com/authorize?oauth_token=x',
    `${origin}/authorize?oauth_token=x`,
    `${origin}/authorize`,
    `${origin}/ultracart/login?id=x`,
    `${origin}/sso/resolver?SID=x`,
    `${origin}/portal`,
  ])('%s is none of its pages', async (url) => {
    for (const decide of [sandbox.approve, sandbox.refuse]) {
      const rejected = expect(decide(url)).rejects
      if (url.includes('resolver') && decide === sandbox.refuse)
        await rejected.toThrow('asks nothing')
      else await rejected.toEqual(code('SANDBOX_LOGIN_UNKNOWN'))
    }
  })

  it.each([undefined, null, 5, '', '/authorize', {}])('%j is no URL', async (url) => {
    const given = url as string
    const refusal = { code: 'SANDBOX_OPTION_INVALID', option: 'loginUrl' }
    await expect(sandbox.approve(given)).rejects.toMatchObject(refusal)
    await expect(sandbox.refuse(given)).rejects.toMatchObject(refusal)
  })

  it('a person at the page and a test decide on the same login', async () => {
    const url = await loginUrl()
    await sandbox.approve(url)
    const page = await sandbox.fetch(url)
    expect([page.status, await page.text()]).toEqual([
      400,
      expect.stringContaining('already decided'),
    ])
  })
})

describe('respond', () => {
  const PATH = '/portfolio/{accountId}/summary'
  const summary = { netliquidation: { amount: 12.5 } }
  let client: TestClient
  beforeEach(async () => {
    client = firstParty()
    await client.handshake()
  })

  it('answers after the signature was found right, and never before', async () => {
    sandbox.respond(PATH, { json: summary })
    const answer = await client.call('/portfolio/DU1234567/summary')
    expect([answer.status, await answer.json()]).toEqual([200, summary])
    expect(sandbox.requests.at(-1)).toMatchObject({ responded: true, refused: null })
    const unsigned = await sandbox.fetch(`${origin}/v1/api/portfolio/DU1234567/summary`)
    expect(unsigned.status).toBe(401)
    expect(sandbox.requests.at(-1)).toMatchObject({ responded: false })
    client.token = new Uint8Array(20)
    expect((await client.call('/portfolio/DU1234567/summary')).status).toBe(401)
  })

  it('by a function of the call', async () => {
    sandbox.respond(PATH, ({ parameters, query, method, username, body }) => ({
      json: { ...parameters, q: query.get('q'), method, username, body },
    }))
    const answer = await client.call('/portfolio/U1/summary?q=a')
    expect(await answer.json()).toEqual({
      ...{ accountId: 'U1', q: 'a', method: 'GET', username: 'sandboxuser', body: '' },
    })
    sandbox.respond('/tickle', () => undefined)
    expect(await (await client.call('/tickle')).json()).toHaveProperty('iserver')
    sandbox.respond('/tickle', async () => new Response('hello', { status: 201 }))
    expect(await (await client.call('/tickle')).text()).toBe('hello')
    const boom = new Error('boom')
    sandbox.respond('/tickle', () => {
      throw boom
    })
    await expect(client.call('/tickle')).rejects.toBe(boom)
  })

  it('in turn, the last one again and again; so often; for one method; until taken back', async () => {
    const statuses = async (count: number, path = '/x') => {
      const seen: number[] = []
      for (let index = 0; index < count; index++) seen.push((await client.call(path)).status)
      return seen
    }
    sandbox.respond('/x', [{ status: 500 }, new Response('a', { status: 201 })])
    expect(await statuses(4)).toEqual([500, 201, 201, 201])
    sandbox.respond('/v1/api/x', { status: 202 }, { times: 1 })
    expect(await statuses(2)).toEqual([202, 201])
    const takeBack = sandbox.respond('/x', { status: 203 })
    sandbox.respond('/x', { status: 299 }, { method: 'POST' })
    expect(await statuses(1)).toEqual([203])
    takeBack()
    expect(await statuses(1)).toEqual([201])
    sandbox.reset()
    client = firstParty()
    await client.handshake()
    expect(await statuses(1)).toEqual([404])
  })

  it('a Response of a function that cannot be sent is told by its code', async () => {
    const read = new Response('a')
    await read.text()
    for (const response of [read, Response.error()]) {
      const takeBack = sandbox.respond('/x', () => response)
      await expect(client.call('/x')).rejects.toMatchObject({
        code: 'SANDBOX_OPTION_INVALID',
        option: 'answer',
      })
      takeBack()
    }
  })

  it('answers below /iserver with or without a brokerage session, and not during a reset', async () => {
    const get = (path: string) => client.call(path, {}, { url: client.credentials.baseUrl + path })
    const statuses = async (...paths: string[]) => {
      const seen: number[] = []
      for (const path of paths) seen.push((await get(path)).status)
      return seen
    }
    const SNAPSHOT = '/iserver/marketdata/snapshot'
    const ACCOUNTS = '/iserver/accounts'
    for (const path of [SNAPSHOT, ACCOUNTS]) sandbox.respond(path, { json: { mine: true } })
    expect(await statuses(SNAPSHOT, ACCOUNTS, '/iserver/account/trades')).toEqual([200, 200, 400])
    await client.call('/iserver/auth/ssodh/init', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"publish":true,"compete":true}',
    })
    // Accounts have to be asked first, whoever answers.
    expect(await statuses('/iserver/account/trades', ACCOUNTS)).toEqual([500, 200])
    expect(await statuses('/iserver/account/trades')).toEqual([200])
    sandbox.broker.play({ kind: 'state', state: 'reset' })
    expect(await statuses(SNAPSHOT)).toEqual([503])
  })

  it('answers UltraCart’s four operations with the right key and head alone', async () => {
    for (const path of ['/sso/session/user', '/sso/authorize']) {
      sandbox.respond(path, { json: { mine: true } })
    }
    const { simpleKey } = sandbox.credentials.ultracart
    const shop = new UltraCart(sandbox)
    const refused = async (answer: Response) => [
      answer.status,
      sandbox.requests.at(-1)?.refused?.split(':')[0],
    ]
    expect(await refused(await shop.send('/sso/session/user', simpleKey))).toEqual([401, 'key'])
    expect(await refused(await shop.send('/sso/authorize', simpleKey))).toEqual([405, 'method'])
    const bare = await sandbox.fetch(`${origin}/rest/v2/sso/authorize`, {
      method: 'PUT',
      headers: { 'x-ultracart-simple-key': simpleKey },
    })
    expect(await refused(bare)).toEqual([400, 'api-version'])
    expect(await (await shop.authorize()).json()).toEqual({ mine: true })
  })

  it('for every way in: the gateway, an SSO bearer, UltraCart', async () => {
    const json = { mine: true }
    sandbox.respond('/gw/api/v1/accounts', { json })
    sandbox.respond('/customer/customers', { json })
    expect((await firm().get('/gw/api/v1/accounts', 'none')).status).toBe(401)
    const token = await firm().token(Date.now())
    expect(await (await firm().get('/gw/api/v1/accounts', token)).json()).toEqual(json)
    const shop = new UltraCart(sandbox)
    const { simpleKey } = sandbox.credentials.ultracart
    expect((await shop.send('/customer/customers', 'wrong')).status).toBe(401)
    expect(await (await shop.send('/customer/customers', simpleKey)).json()).toEqual(json)
  })

  it.each<[option: string, path: unknown, answer: unknown, options?: unknown]>([
    ['path', 'portfolio', {}],
    ['path', '/x?y=1', {}],
    ['path', undefined, {}],
    ['answer', '/x', undefined],
    ['answer', '/x', []],
    ['answer', '/x', { accounts: [] }],
    ['answer', '/x', { status: 204, json: {} }],
    ['answer', '/x', { status: 304, body: 'x' }],
    ['answer', '/x', { headers: { 'not a name': 'x' } }],
    ['answer', '/x', { json: () => 1 }],
    ['answer', '/x', { json: 1n }],
    ['answer', '/x', Response.error()],
    ['status', '/x', { status: 99 }],
    ['body', '/x', { body: {} }],
    ['body', '/x', { body: '', json: 1 }],
    ['times', '/x', {}, { times: 0 }],
    ['method', '/x', {}, { method: 'post' }],
    ['options', '/x', {}, 5],
    ['time', '/x', {}, { time: 1 }],
  ])('a wrong %s is told when it is given', (option, path, answer, options) => {
    const respond = sandbox.respond as (...given: unknown[]) => void
    expect(() => respond(path, answer, options)).toThrow(
      expect.objectContaining({ code: 'SANDBOX_OPTION_INVALID', option }),
    )
  })
})

describe('the clock', () => {
  it('moves ahead: tokens expire', async () => {
    const client = firstParty()
    await client.handshake({ now: sandbox.now() })
    expect((await client.call('/tickle', {}, { now: sandbox.now() })).status).toBe(200)
    sandbox.advance(86_400_001)
    expect(Math.abs(sandbox.now() - Date.now() - 86_400_001)).toBeLessThan(5000)
    expect((await client.call('/tickle', {}, { now: sandbox.now() })).status).toBe(401)
    expect(sandbox.requests.at(-1)?.refused).toMatch(/^live-session-token: /)
  })

  it('pauses end', async () => {
    const client = firstParty()
    sandbox.broker.play({ kind: 'state', state: 'maintenance', untilMs: sandbox.now() + 60_000 })
    expect((await sandbox.fetch(`${origin}/v1/api/tickle`)).status).toBe(503)
    sandbox.advance(60_000)
    await client.handshake({ now: sandbox.now() })
    expect((await client.call('/tickle', {}, { now: sandbox.now() })).status).toBe(200)
  })

  it('is that of fake timers, also where they came after the sandbox', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_900_000_000_000 })
    try {
      expect(sandbox.now()).toBe(1_900_000_000_000)
      vi.setSystemTime(1_900_000_005_000)
      sandbox.advance(1000)
      expect(sandbox.now()).toBe(1_900_000_006_000)
      const answer = await sandbox.fetch(origin)
      expect(Date.parse(answer.headers.get('date') ?? '')).toBe(1_900_000_006_000)
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined])(
    'is not moved by %j',
    (ms) => {
      expect(() => sandbox.advance(ms as number)).toThrow(
        expect.objectContaining({ code: 'SANDBOX_OPTION_INVALID', option: 'ms' }),
      )
    },
  )
})

describe('reset', () => {
  it('forgets all but the credentials', async () => {
    const client = firstParty()
    const { credentials, thirdParty, ultracart } = sandbox
    await client.handshake()
    const { url } = await consentUrl()
    sandbox.fault({ path: '*', kind: 'reset', times: 9 })
    sandbox.advance(1000)
    sandbox.reset()
    expect(sandbox.requests).toEqual([])
    expect(Object.values(sandbox.counts).every((count) => count === 0)).toBe(true)
    expect(sandbox.now() - Date.now()).toBeLessThan(500)
    await expect(sandbox.approve(url)).rejects.toEqual(code('SANDBOX_LOGIN_UNKNOWN'))
    expect((await client.call('/tickle')).status).toBe(401)
    await client.handshake()
    expect((await client.call('/tickle')).status).toBe(200)
    expect([sandbox.credentials, sandbox.thirdParty, sandbox.ultracart]).toEqual([
      credentials,
      thirdParty,
      ultracart,
    ])
  })

  it('repeats what was planned for the start', async () => {
    const planned = await createSandbox({
      brokerEvents: [{ kind: 'state', state: 'maintenance' }],
    })
    for (let round = 0; round < 2; round++) {
      expect((await planned.fetch(`${origin}/v1/api/tickle`)).status).toBe(503)
      planned.reset()
    }
  })

  it('is done at the end of `await using`', async () => {
    await sandbox.fetch(origin)
    const symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose
    const name = symbol ?? Symbol.for('Symbol.asyncDispose')
    await (sandbox as unknown as Record<symbol, () => Promise<void>>)[name]?.()
    expect(sandbox.requests).toEqual([])
  })
})

it('a callback holds what was encoded before', async () => {
  const callback = 'https://app.example.com/cb?x=a%20b'
  sandbox = await createSandbox({ callback })
  const answer = await sign('/oauth/request_token', { oauth_callback: encode(callback) })
  const { oauth_token } = (await answer.json()) as { oauth_token: string }
  const url = `${sandbox.thirdParty.authorizeUrlBase}?oauth_token=${oauth_token}`
  expect((await sandbox.approve(url)).searchParams.get('x')).toBe('a b')
})
