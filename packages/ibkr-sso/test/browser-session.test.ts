/** Browser links: made, checked, aged, and led to a page of the portal. */
import {
  type BrowserLink,
  createIbkrSso,
  prepareBrowserSessionRequest,
  processBrowserSessionResponse,
  withLandingAction,
} from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import { deferred, makeLock, memoryStore, wrong } from '../../../tests/support/index.ts'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { askForTenMinutes, failure, GATEWAY, json, makeAuthority, setUp, user } from './support.ts'

const give = (url: unknown) => () => json(200, { active: true, url })
const linkOf = (url: unknown) => setUp({}, give(url)).sso.createBrowserSession(user)
const REFUSED_LINK =
  'The link that the service gave is not https, or of no host of the option linkHosts: it was not handed on.'
const HREF = 'https://www.interactivebrokers.com/sso/resolver?SID=1'

describe('createBrowserSession', () => {
  it('signs the body and gives a link of its own for each call', async () => {
    const { sso, gatewayCalls } = setUp()
    const first = await sso.createBrowserSession(user)
    const second = await sso.createBrowserSession({ ...user, expiresInSeconds: 60 })
    expect(first.url.href).toBe(HREF)
    expect(first.expiresAtMs).toBe(NOW_MS + 50_000)
    expect(second.url.searchParams.get('SID')).toBe('2')
    expect(gatewayCalls.map(({ url, body }) => [url, body])).toEqual([
      [
        `${GATEWAY}/sso-browser-sessions`,
        'signed.{"credential":"exampleuser1","ip":"8.8.4.4"}.1000',
      ],
      [`${GATEWAY}/sso-browser-sessions`, 'signed.{"credential":"exampleuser1","ip":"8.8.4.4"}.60'],
    ])
  })

  it('counts the age from before the request', async () => {
    const made = setUp({}, () => {
      made.time.now += 4000
      return json(200, { url: HREF })
    })
    expect((await made.sso.createBrowserSession(user)).expiresAtMs).toBe(NOW_MS + 50_000)
  })

  it('renews the access token once after a 401', async () => {
    const { sso, gatewayCalls } = setUp({}, (_, count) =>
      count === 1 ? json(401, {}) : json(200, { url: HREF }),
    )
    await sso.createBrowserSession(user)
    const bearers = gatewayCalls.map(({ headers }) => headers.get('authorization'))
    expect(bearers).toEqual(['Bearer access-1', 'Bearer access-2'])
  })

  it('is for the IPv4 address of a connection that a server tells as IPv6', async () => {
    const { sso, gatewayCalls } = setUp()
    await sso.createBrowserSession({ ...user, ip: '::ffff:8.8.4.4' })
    expect(gatewayCalls[0]?.body).toContain('"ip":"8.8.4.4"')
  })

  it('warns of an address that is not public', async () => {
    const { sso, events } = setUp()
    await sso.createBrowserSession({ ...user, ip: '192.168.0.7' })
    expect(events).toEqual([{ type: 'address-not-public', option: 'ip' }])
  })

  it.each([
    'https://interactivebrokers.com/sso',
    'https://www.clientam.com/sso/resolver?SID=a',
    'https://WWW.Interactivebrokers.COM/sso',
    'https://api.ibkr.com/sso',
  ])('takes %s', async (url) => {
    expect((await linkOf(url)).url.href).toBe(new URL(url).href)
  })

  it.each([
    'https://evil.example/sso?SID=abc',
    'https://interactivebrokers.com.evil.example/',
    'https://evilinteractivebrokers.com/',
    'https://evil.example/#interactivebrokers.com',
    'https://interactivebrokers.com@evil.example/',
    'https://user:pass@www.interactivebrokers.com/',
    'https://user@www.interactivebrokers.com/',
    'https://:pass@www.interactivebrokers.com/',
    'https://interactivebrokers.com./',
    'http://www.interactivebrokers.com/sso',
    'http://api.ibkr.com/sso',
    'http://127.0.0.1:8787/sso',
    'ftp://www.interactivebrokers.com/',
    'javascript:alert(1)//www.interactivebrokers.com',
    '//www.interactivebrokers.com/sso',
    '/sso/resolver?SID=abc',
    'rubbish',
  ])('refuses %s', async (url) => {
    const error = await failure(() => linkOf(url))
    expect(error).toMatchObject({ code: 'IBKR_SSO_LINK_REFUSED', status: 200 })
    expect(`${error['stack']}`).not.toContain('abc')
  })

  it.each([
    ['https://evil.example:8443/sso?SID=abc', ' It leads to https://evil.example:8443.'],
    ['http://www.clientam.com/sso?SID=abc', ' It leads to http://www.clientam.com.'],
    ['https://access-1.example/', ''],
    ['rubbish', ''],
  ])('says of %s where it leads', async (url, where) => {
    const { message } = (await failure(() => linkOf(url))) as { message: string }
    expect(message.startsWith(`${REFUSED_LINK}${where} Sign-in`)).toBe(true)
  })

  it.each([undefined, null, '', 5, {}])('has no link in an answer with the url %o', async (url) => {
    expect(await failure(() => linkOf(url))).toMatchObject({ code: 'IBKR_SSO_RESPONSE_INVALID' })
  })

  it('takes other hosts where it is told to, and then only those', async () => {
    const linkHosts = ['portal.example.test']
    const good = setUp({ linkHosts }, give('https://a.portal.example.test/x'))
    expect((await good.sso.createBrowserSession(user)).url.hostname).toBe('a.portal.example.test')
    const bad = setUp({ linkHosts }, give(HREF))
    expect(await failure(() => bad.sso.createBrowserSession(user))).toMatchObject({
      code: 'IBKR_SSO_LINK_REFUSED',
    })
  })

  it('takes http for a base on loopback alone', async () => {
    const baseUrl = 'http://127.0.0.1:8787'
    const own = setUp({ baseUrl }, give('http://127.0.0.1:8787/sso?SID=a'))
    expect((await own.sso.createBrowserSession(user)).url.protocol).toBe('http:')
    for (const url of ['http://127.0.0.1:9999/sso', 'http://localhost:8787/sso']) {
      const other = setUp({ baseUrl }, give(url))
      expect(await failure(() => other.sso.createBrowserSession(user))).toMatchObject({
        code: 'IBKR_SSO_LINK_REFUSED',
      })
    }
  })

  it('works without a client, by the request pair', async () => {
    const options = { oauth2: makeAuthority(), ...user, now: () => NOW_MS }
    const { request, pending } = await prepareBrowserSessionRequest(options)
    expect(request.headers.get('authorization')).toBe('Bearer access-1')
    const made = await processBrowserSessionResponse(json(200, { url: HREF }), pending)
    expect(made.url.href).toBe(HREF)
  })
})

describe('links that are refused are held back', () => {
  it.each([
    [403, {}, 12],
    [429, {}, 12],
    [401, {}, 12],
    [503, {}, 20],
    [429, { 'retry-after': '600' }, 1],
  ])('%d %o: ten minutes of asking each second', async (status, headers, most) => {
    const made = setUp({}, () => new Response('{}', { status, headers }))
    const sent = await askForTenMinutes(made, () => made.sso.createBrowserSession(user), status)
    expect(sent).toBeLessThanOrEqual(most)
    expect(made.events.filter(({ type }) => type === 'held-back')).toHaveLength(sent)
  })

  it('until one succeeds; other users and addresses are tried at once', async () => {
    const { sso, gatewayCalls, time } = setUp({}, (_, count) =>
      count === 1 ? json(403, {}) : json(200, { url: HREF }),
    )
    await failure(() => sso.createBrowserSession(user))
    await failure(() => sso.createBrowserSession(user))
    expect(gatewayCalls).toHaveLength(1)
    await sso.createBrowserSession({ ...user, ip: '8.8.8.8' })
    await sso.createSession(user).catch(() => {})
    expect(gatewayCalls).toHaveLength(3)
    time.now += 33_000
    await sso.createBrowserSession(user)
    await sso.createBrowserSession(user)
    expect(gatewayCalls).toHaveLength(5)
  })

  it('in a whole fleet: a pause is shared, and so is its end', async () => {
    const store = memoryStore()
    const made = setUp({ store, storeKey: 'unsealed' }, () => json(403, {}))
    const { gatewayCalls, time, fetch, authority: oauth2 } = made
    const member = () =>
      createIbkrSso({
        oauth2,
        fetch: wrong(fetch),
        now: () => time.now,
        store,
        storeKey: 'unsealed',
        lock,
      })
    const lock = makeLock()
    const fleet = Array.from({ length: 20 }, member)
    const all = () => Promise.all(fleet.map((sso) => failure(() => sso.createBrowserSession(user))))
    await all()
    expect(gatewayCalls).toHaveLength(1)
    time.now += 33_000
    await all()
    expect(gatewayCalls).toHaveLength(2)
  })
})

describe('links asked for at once', () => {
  const askFor = (count: number, sso: { createBrowserSession(about: typeof user): unknown }) =>
    Promise.allSettled(Array.from({ length: count }, () => sso.createBrowserSession(user)))

  it('are one call while they fail, and one for each as soon as one succeeds', async () => {
    let status = 403
    const { sso, gatewayCalls, time } = setUp({}, (_, count) =>
      json(status, { url: `${HREF}${count}` }),
    )
    const refused = await askFor(30, sso)
    expect(refused.every((one) => one.status === 'rejected')).toBe(true)
    expect(gatewayCalls).toHaveLength(1)
    status = 200
    time.now += 33_000
    const given = await askFor(30, sso)
    expect(gatewayCalls).toHaveLength(31)
    const links = given.map((one) => (one as PromiseFulfilledResult<BrowserLink>).value.url.href)
    expect(new Set(links).size).toBe(30)
    status = 403
    await askFor(30, sso)
    time.now += 33_000
    // Failures of one moment count as one, whichever number of calls was under way.
    status = 200
    await sso.createBrowserSession(user)
  })

  it('leave the others be where one is given up', async () => {
    const { sso } = setUp({}, () => 'never')
    const controller = new AbortController()
    const first = failure(() => sso.createBrowserSession({ ...user, signal: controller.signal }))
    controller.abort(new Error('left'))
    expect(await first).toMatchObject({ message: 'left' })
  })
})

it('gives a link up after timeoutMs, and is held back then', async () => {
  const arrived = deferred()
  const { sso, gatewayCalls } = setUp({ timeoutMs: 5000 }, () => {
    arrived.resolve()
    return 'never'
  })
  const call = () => failure(() => sso.createBrowserSession(user))
  const error = await pastDeadline({ call, arrived: arrived.promise, timeoutMs: 5000 })
  expect(error).toMatchObject({ code: 'IBKR_SSO_TIMEOUT' })
  const again = await failure(() => sso.createBrowserSession(user))
  expect(again['nextAttemptAtMs']).toBeGreaterThan(NOW_MS)
  expect(gatewayCalls).toHaveLength(1)
})

describe('withLandingAction', () => {
  const deposit = { type: 'DEPOSIT', method: 'OPEN_BANKING', currency: 'EUR' }

  it('adds the page and its parameters, and leaves the link as it was', async () => {
    const { url } = await setUp().sso.createBrowserSession(user)
    const landing = withLandingAction(url, 'TransferFunds', deposit)
    expect(landing.href).toBe(
      `${HREF}&ACTION=TransferFunds&type=DEPOSIT&method=OPEN_BANKING&currency=EUR`,
    )
    expect(url.href).toBe(HREF)
    expect(withLandingAction(url, 'TransferFunds', {}).search).toBe('?SID=1&ACTION=TransferFunds')
  })

  it('writes values so that they cannot add parameters', async () => {
    const { url } = await setUp().sso.createBrowserSession(user)
    const landing = withLandingAction(url, 'TransferFunds', { type: 'a&SID=evil#x' })
    expect(landing.searchParams.getAll('SID')).toEqual(['1'])
    expect(landing.searchParams.get('type')).toBe('a&SID=evil#x')
    expect(landing.hash).toBe('')
  })

  it.each([
    ['SID', { SID: 'evil' }],
    ['SID in lower case', { sid: 'evil' }],
    ['ACTION', { ACTION: 'evil' }],
    ['a name outside of the list', { amount: '5' }],
    ['a value that is no text', { type: 5 }],
    ['nothing', null],
    ['text', 'SID=evil'],
    ['a list', []],
    ['a promise', Promise.resolve({ type: 'DEPOSIT' })],
    ['a form', new URLSearchParams('type=DEPOSIT')],
  ])('refuses %s as parameters', async (_, parameters) => {
    const { url } = await setUp().sso.createBrowserSession(user)
    const error = await failure(() => withLandingAction(url, 'TransferFunds', parameters as never))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'parameters' })
    expect(`${error['stack']}`).not.toContain('evil')
  })

  it.each([
    'Withdraw',
    'transferfunds',
    '',
    'constructor',
    '__proto__',
    5,
    null,
    Object.create(null),
    ['TransferFunds'],
  ])('refuses the action %o', async (action) => {
    const { url } = await setUp().sso.createBrowserSession(user)
    const error = await failure(() => withLandingAction(url, action as never, {}))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'action' })
  })

  it('goes by the list of the client, or by that of the call', async () => {
    const landingActions = { Reports: ['year'] }
    const { url } = await setUp({ landingActions }).sso.createBrowserSession(user)
    expect(withLandingAction(url, 'Reports', { year: '2026' }).search).toContain('ACTION=Reports')
    const other = await failure(() => withLandingAction(url, 'TransferFunds', {}))
    expect(other).toMatchObject({ option: 'action' })
    const actions = { Other: [] }
    expect(withLandingAction(url, 'Other', {}, { actions }).search).toContain('ACTION=Other')
  })

  it('refuses a list of the call that is none', async () => {
    const { url } = await setUp().sso.createBrowserSession(user)
    for (const actions of [null, 5, 'x', [], { Other: null }, { Other: 'type' }, new Map()]) {
      const error = await failure(() => withLandingAction(url, 'Other', {}, { actions } as never))
      expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'actions' })
    }
    const options = Promise.resolve({ actions: { Other: [] } })
    const error = await failure(() => withLandingAction(url, 'Other', {}, options as never))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'options' })
  })

  it('goes by the lists as they were when the client was made', async () => {
    const landingActions: Record<string, string[]> = { Reports: ['year'] }
    const linkHosts = ['interactivebrokers.com']
    const { sso } = setUp({ landingActions, linkHosts })
    landingActions['Other'] = []
    landingActions['Reports']?.push('more')
    linkHosts.length = 0
    const { url } = await sso.createBrowserSession(user)
    for (const [action, parameters] of [
      ['Other', {}],
      ['Reports', { more: '1' }],
    ] as const) {
      const error = await failure(() => withLandingAction(url, action, parameters))
      expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID' })
    }
  })

  it('does not let SID in by a list', async () => {
    const landingActions = { Reports: ['SID'] }
    const { url } = await setUp({ landingActions }).sso.createBrowserSession(user)
    const error = await failure(() => withLandingAction(url, 'Reports', { SID: 'evil' }))
    expect(error).toMatchObject({ option: 'parameters' })
  })

  it.each(['xSID', 'SIDx', 'xACTION', 'ACTIONx'])('lets %s in, which is neither', async (name) => {
    const { url } = await setUp({ landingActions: { Reports: [name] } }).sso.createBrowserSession(
      user,
    )
    const landing = withLandingAction(url, 'Reports', { [name]: '1' })
    expect(landing.searchParams.get(name)).toBe('1')
  })

  it('refuses a link that is 50 s old, and what was made of it', async () => {
    const { sso, time } = setUp()
    const { url } = await sso.createBrowserSession(user)
    time.now += 49_999
    const landing = withLandingAction(url, 'TransferFunds', deposit)
    time.now += 1
    for (const link of [url, landing]) {
      const error = await failure(() => withLandingAction(link, 'TransferFunds', {}))
      expect(error).toMatchObject({ code: 'IBKR_SSO_LINK_EXPIRED' })
    }
  })

  it('takes a link from elsewhere, and refuses what is no link', async () => {
    expect(withLandingAction(new URL(HREF), 'TransferFunds', {}).search).toContain('SID=1')
    for (const url of [HREF, undefined, null, {}, new URL('http://evil.example/'), 5]) {
      const error = await failure(() => withLandingAction(url as never, 'TransferFunds', {}))
      expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'url' })
    }
  })
})
