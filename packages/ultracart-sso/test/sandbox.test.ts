/** Whole flows against the sandbox, which shares no code with this package and checks every request. */

import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { describe, expect, it } from 'vitest'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { rejection } from './support.ts'

const origin = 'http://127.0.0.1:8787'
const code = (ending: string) => ({ code: `ULTRACART_SSO_${ending}` })

async function setUp(options: object = {}, sandboxOptions: object = {}) {
  const time = { now: Date.parse('2026-03-02T15:00:00Z') }
  const now = () => time.now
  const sandbox = await createSandbox({
    origin,
    now,
    credentials: testCredentials,
    ...sandboxOptions,
  })
  const sso = createUltraCartSso({
    ...sandbox.credentials.ultracart,
    allowBrowser: true,
    fetch: sandbox.fetch as never,
    now,
    ...options,
  })
  /** The browser's part: opens the page, presses a button, and comes to the callback. */
  const decide = async (loginUrl: unknown, decision: string): Promise<string> => {
    const page = await (await sandbox.fetch(String(loginUrl))).text()
    const body = new URLSearchParams({ decision })
    for (const [, name = '', value = ''] of page.matchAll(
      /<input type="hidden" name="(\w+)" value="(\w+)">/g,
    )) {
      body.set(name, value)
    }
    body.set('user', /value="(\w+)" checked/.exec(page)?.[1] ?? '')
    const response = await sandbox.fetch(`${origin}/ultracart/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    })
    return response.headers.get('location') ?? ''
  }
  const signIn = async () => {
    const { loginUrl, transaction } = await sso.authorize()
    const callback = await sso.validateCallback(await decide(loginUrl, 'approve'), { transaction })
    return await sso.exchangeCode(callback)
  }
  const refused = () => sandbox.requests.map(({ refused: why }) => why).filter(Boolean)
  return { sandbox, sso, time, decide, signIn, refused }
}

it('signs in, reads the user, signs out', async () => {
  const { sandbox, sso, signIn, refused } = await setUp()
  const session = await signIn()
  const user = await sso.user(session)
  expect(user.login).toMatch(/\w/)
  expect(user.permissions?.some(({ permission_Name }) => permission_Name !== undefined)).toBe(true)
  expect(session.ipAddress).toBe('127.0.0.1')
  await sso.revoke(session)
  expect(refused()).toEqual([])
  expect(await rejection(sso.user(session))).toMatchObject({ ...code('UNAUTHORIZED'), status: 401 })
  const { ultracartTokenRequests, ultracartRevocations } = sandbox.counts
  expect([ultracartTokenRequests, ultracartRevocations]).toEqual([1, 1])
})

it('passes a session that was stored and comes back as its key', async () => {
  const { sso, signIn } = await setUp()
  const stored = JSON.stringify({ simpleKey: (await signIn()).simpleKey })
  expect((await sso.user(JSON.parse(stored))).login).toMatch(/\w/)
})

it('works with an access token of the application', async () => {
  const { sandbox } = await setUp()
  const { accessToken } = sandbox.ultracart
  const { signIn, refused } = await setUp({ simpleKey: undefined, accessToken }, { ultracart: {} })
  // Credentials are fresh in each sandbox, so this one refuses the other's token by code.
  expect(await rejection(signIn())).toMatchObject(code('UNAUTHORIZED'))
  expect(refused()).toHaveLength(1)
})

it('tells a refusal and a login page that expired', async () => {
  const { sandbox, sso, decide, time } = await setUp()
  const first = await sso.authorize()
  const refusal = await decide(first.loginUrl, 'refuse')
  expect(
    await rejection(sso.validateCallback(refusal, { transaction: first.transaction })),
  ).toMatchObject({ ...code('CALLBACK_REFUSED'), reason: 'access_denied' })
  const second = await sso.authorize()
  time.now += 600_001
  const page = await sandbox.fetch(String(second.loginUrl), { redirect: 'manual' })
  const late = page.headers.get('location') ?? ''
  expect(
    await rejection(sso.validateCallback(late, { transaction: second.transaction })),
  ).toMatchObject(code('LOGIN_EXPIRED'))
})

it('stops a swapped state and a replay before anything is sent', async () => {
  const { sandbox, sso, decide } = await setUp()
  const mine = await sso.authorize()
  const theirs = await sso.authorize()
  const url = await decide(theirs.loginUrl, 'approve')
  const { transaction } = mine
  expect(await rejection(sso.validateCallback(url, { transaction }))).toMatchObject(
    code('STATE_MISMATCH'),
  )
  const own = { transaction: theirs.transaction }
  await sso.exchangeCode(await sso.validateCallback(url, own))
  expect(await rejection(sso.validateCallback(url, own))).toMatchObject(code('CALLBACK_USED'))
  expect(sandbox.counts.ultracartTokenRequests).toBe(1)
})

it('tells a code that was used by another process', async () => {
  const { sandbox, sso, decide } = await setUp()
  const { loginUrl, transaction } = await sso.authorize()
  const url = await decide(loginUrl, 'approve')
  const other = createUltraCartSso({
    ...sandbox.credentials.ultracart,
    allowBrowser: true,
    fetch: sandbox.fetch as never,
    now: () => transaction.expiresAtMs - 1,
  })
  await sso.exchangeCode(await sso.validateCallback(url, { transaction }))
  const callback = await other.validateCallback(url, { transaction })
  expect(await rejection(other.exchangeCode(callback))).toMatchObject(code('BAD_REQUEST'))
})

it('tells an application that is disabled, and a key without the permission', async () => {
  const { sandbox } = await setUp()
  const { disabledSimpleKey, unpermittedSimpleKey } = sandbox.ultracart
  const call = (simpleKey: string) =>
    createUltraCartSso({
      ...sandbox.credentials.ultracart,
      simpleKey,
      allowBrowser: true,
      fetch: sandbox.fetch as never,
    }).authorize()
  expect(await rejection(call(disabledSimpleKey))).toMatchObject(code('APPLICATION_DISABLED'))
  expect(await rejection(call(unpermittedSimpleKey))).toMatchObject(code('FORBIDDEN'))
  expect(await rejection(call('wrong'))).toMatchObject(code('UNAUTHORIZED'))
})

describe('a connection that breaks', () => {
  skipWaits(1500)

  it.each(['before', 'after'])('%s the token request was processed: one request', async (value) => {
    const { sandbox, signIn } = await setUp()
    sandbox.fault({ path: '/sso/token', kind: 'reset', value, times: 5 })
    expect(await rejection(signIn())).toMatchObject(code('NETWORK'))
    expect(sandbox.counts.ultracartTokenRequests).toBe(1)
  })

  it('after a revocation: the repetition’s 401 is done', async () => {
    const { sandbox, sso, signIn } = await setUp()
    const session = await signIn()
    sandbox.fault({ path: '/sso/session/revoke', kind: 'reset', value: 'after' })
    await sso.revoke(session)
    expect(sandbox.counts.ultracartRevocations).toBe(1)
    expect(await rejection(sso.user(session))).toMatchObject(code('UNAUTHORIZED'))
  })

  it('at authorize and user: repeated', async () => {
    const { sandbox, sso, signIn } = await setUp()
    sandbox.fault({ path: '/sso/authorize', kind: 'reset', value: 'after' })
    const session = await signIn()
    sandbox.fault({ path: '/sso/session/user', kind: 'truncated' })
    expect(await rejection(sso.user(session))).toMatchObject(code('RESPONSE_INVALID'))
    expect(await sso.user(session)).toBeDefined()
  })
})

it('takes turns: the service answers 429 to two at the same time', async () => {
  const { sso, signIn, refused } = await setUp()
  const session = await signIn()
  const users = await Promise.all([1, 2, 3, 4].map(() => sso.user(session)))
  expect(users).toHaveLength(4)
  expect(refused()).toEqual([])
})

it('reads permission_name in lower case', async () => {
  const { sandbox, sso, signIn } = await setUp()
  const session = await signIn()
  const permissions = [{ permission_group: 'a', permission_name: 'b', selected: true }]
  sandbox.fault({ path: '/sso/session/user', kind: 'merge-patch', value: { permissions } })
  expect((await sso.user(session)).permissions).toEqual([
    { permission_group: 'a', permission_Name: 'b', selected: true },
  ])
})
