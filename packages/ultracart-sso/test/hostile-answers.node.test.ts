/** Answers that are made to hurt: long, deep, of no status, and what a broken `fetch` gives. */
import { describe, expect, it, vi } from 'vitest'
import { everythingOf } from '../../../tests/support/index.ts'
import { json, KEY, type Operation, rejection, run, setUp, USER_KEY } from './support.ts'

const OPERATIONS = ['authorize', 'token', 'user', 'revoke'] as const
const code = (ending: string) => ({ code: `ULTRACART_SSO_${ending}` })

/** The work must be done long before a quadratic one would: it computes for no longer than a second. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage()
  const result = await work()
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
  return result
}

describe('a long field is refused or left out in a moment:', () => {
  const long = (lead: string, sign: string, tail = '') => lead + sign.repeat(400_000) + tail

  it.each([
    ['2025-', 'T', ''],
    ['2025-01-01T', '0', 'Z'],
    ['2025-', 'T', 'Z'],
    ['2025-01-01T00:00:00.', '0', ''],
  ])('expiration_dts %s%s…%s', async (lead, sign, tail) => {
    const expiration_dts = long(lead, sign, tail)
    const login_url = 'https://secure.ultracart.com/login'
    const login = setUp({ authorize: () => json({ login_url, expiration_dts }) })
    const { transaction } = await inTime(() => login.sso.authorize())
    expect(transaction.expiresAtMs).toBe(login.time.now + 600_000)
    const token = () => json({ simple_key: USER_KEY, expiration_dts })
    const session = await inTime(() => setUp({ token }).session())
    expect([session.expiresAtMs, session.expirationDts]).toEqual([undefined, undefined])
  })

  it('simple_key, ip_address, login_url', async () => {
    const key = setUp({ token: () => json({ simple_key: long('', 'k') }) })
    expect(await inTime(() => rejection(run(key, 'token')))).toMatchObject(code('RESPONSE_INVALID'))
    const ip = setUp({ token: () => json({ simple_key: USER_KEY, ip_address: long('', '1') }) })
    expect((await inTime(() => ip.session())).ipAddress).toBeUndefined()
    const url = setUp({ authorize: () => json({ login_url: long('https://', 'a') }) })
    expect(await inTime(() => rejection(run(url, 'authorize')))).toMatchObject(code('URL_REFUSED'))
  })

  it('the echo of a key of 40 kB beside an error', async () => {
    const simple_key = 'ab'.repeat(20_000)
    const error = { developer_message: simple_key, user_message: `${'ba'.repeat(200_000)}` }
    const setup = setUp({ token: () => json({ simple_key, error }, 400) })
    const caught = await inTime(() => rejection(run(setup, 'token')))
    expect(caught).toMatchObject(code('BAD_REQUEST'))
    expect(`${caught['message']}${caught['userMessage']}`).not.toContain('abababab')
  })

  it('messages of 400 kB against a key of 4096 characters', async () => {
    const simpleKey = 'aB3'.repeat(1365)
    const said = 'aB4'.repeat(66_000)
    const error = { developer_message: said, user_message: said }
    const setup = setUp({ authorize: () => json({ error }, 400) }, { simpleKey } as never)
    const caught = await inTime(() => rejection(run(setup, 'authorize')))
    expect(String(caught['userMessage'])).toHaveLength(200)
  })
})

describe('a date-time', () => {
  it.each([
    ['2026-03-02T15:01:30Z tail'],
    ['lead 2026-03-02T15:01:30Z'],
    ['2026-03-02T15:01:30Z\n'],
    ['2026-03-02 15:01:30Z'],
    ['02026-03-02T15:01:30Z'],
    ['2026-03-02T15:01:30+05'],
    ['2026-03-02T15:01:30-05:000'],
  ])('%j is none', async (expiration_dts) => {
    const token = () => json({ simple_key: USER_KEY, expiration_dts })
    expect((await setUp({ token }).session()).expiresAtMs).toBeUndefined()
  })

  it('of 1970 is one', async () => {
    const token = () => json({ simple_key: USER_KEY, expiration_dts: '1970-01-01T00:00:00Z' })
    expect((await setUp({ token }).session()).expiresAtMs).toBe(0)
  })
})

describe('a deeply nested answer', () => {
  const nested = (levels: number) =>
    `{"user_id":1,"login_url":"x","simple_key":"k","a":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`

  it.each(['authorize', 'token', 'user'] as const)('of %s is coded', async (operation) => {
    const setup = setUp({ [operation]: () => new Response(nested(6500)) })
    expect(await rejection(run(setup, operation))).toMatchObject(code('RESPONSE_INVALID'))
  })

  it('of lists of known models is coded', async () => {
    const levels = 6500
    const body = `{"user_id":1,"groups":${'[{"groups":'.repeat(levels)}[]${'}]'.repeat(levels)}}`
    const setup = setUp({ user: () => new Response(body) })
    expect(await rejection(run(setup, 'user'))).toMatchObject(code('RESPONSE_INVALID'))
  })

  it.each(OPERATIONS)('with a 400 is that 400: %s', async (operation) => {
    const setup = setUp({ [operation]: () => new Response(nested(6500), { status: 400 }) })
    expect(await rejection(run(setup, operation))).toMatchObject(code('BAD_REQUEST'))
  })
})

describe('a status', () => {
  /** A `fetch` of others may give what no `Response` can be made with. */
  const withStatus = (status: number) => {
    const response = new Response('{}')
    const given = { ok: false, status, headers: response.headers, body: null, statusText: '' }
    return { ...given, clone: () => withStatus(status) } as unknown as Response
  }

  it.each(
    OPERATIONS.flatMap((operation) => [0, 101].map((status) => [operation, status] as const)),
  )('of no final answer is an error: %s %d', async (operation, status) => {
    const setup = setUp({ [operation]: () => withStatus(status) })
    const error = await rejection(run(setup, operation))
    expect(error).toMatchObject({ ...code('RESPONSE_INVALID'), status, operation })
  })

  it.each(OPERATIONS)('of a failed answer of the platform is an error: %s', async (operation) => {
    const setup = setUp({ [operation]: () => Response.error() })
    expect(await rejection(run(setup, operation))).toMatchObject(code('RESPONSE_INVALID'))
  })

  it.each([300, 304, 399, 600])('of %d is no success', async (status) => {
    const setup = setUp({ revoke: () => withStatus(status) })
    expect((await rejection(run(setup, 'revoke')))['code']).toMatch(/REFUSED|UNAVAILABLE/)
  })

  it.each(['<!doctype html><title>Portal</title>', '  \n<html>', '\uFEFF<html>'])(
    'of 200 with a page is no revocation: %j',
    async (page) => {
      const setup = setUp({ revoke: () => new Response(page) })
      const error = await rejection(run(setup, 'revoke'))
      expect(error).toMatchObject({ ...code('RESPONSE_INVALID'), status: 200 })
      expect(error['message']).toMatch(/HTML.*baseUrl/)
    },
  )
})

describe('a broken fetch is told by its name', () => {
  const used = async () => {
    const response = json({ user_id: 1 })
    await response.text()
    return response
  }
  const locked = () => {
    const response = json({ user_id: 1 })
    response.body?.getReader()
    return response
  }
  const streaming = (body: object) => {
    const given = { ok: true, status: 200, headers: new Headers(), bodyUsed: false, body }
    return { ...given, clone: () => streaming(body) }
  }
  const reader = { read: async () => ({ value: '{"user_id":1}' }), cancel: async () => {} }

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a text', () => '{"user_id":1}'],
    ['an object', () => ({ user_id: 1 })],
    ['a body that was read', used],
    ['a body that somebody reads', locked],
    ['a body of Node’s streams', () => streaming({ on() {}, pipe() {} })],
    ['chunks of text', () => streaming({ getReader: () => reader, cancel: async () => {} })],
  ])('that gives %s', async (_, give) => {
    for (const operation of OPERATIONS.filter((one) => one !== 'revoke')) {
      const setup = setUp({ [operation]: give as never })
      const error = await rejection(run(setup, operation))
      expect(error).toMatchObject({ ...code('OPTION_INVALID'), option: 'fetch', operation })
      expect(error['message']).toMatch(/fetch must be .*Response/)
    }
  })

  it('that gives them at once, without a promise', async () => {
    for (const given of [undefined, null, json({ user_id: 1 })]) {
      const setup = setUp({}, { fetch: (() => given) as never })
      const session = { simpleKey: USER_KEY }
      const outcome = await setup.sso.user(session).catch((error: unknown) => error)
      expect(outcome).toMatchObject(given ? { user_id: 1 } : { option: 'fetch' })
    }
  })

  it.each<Operation>(['authorize', 'token', 'user', 'revoke'])(
    'that throws at once, and is not called again: %s',
    async (operation) => {
      const sender = setUp()
      let isDown = false
      const fetch = vi.fn((...given: Parameters<typeof globalThis.fetch>) => {
        if (isDown) throw new TypeError(KEY)
        return sender.fetch(...given)
      })
      const setup = setUp({}, { fetch: fetch as never })
      const callback = operation === 'token' ? await validatedBy(setup.sso, sender) : undefined
      isDown = true
      fetch.mockClear()
      const session = { simpleKey: USER_KEY }
      const call =
        operation === 'token'
          ? setup.sso.exchangeCode(callback as never)
          : operation === 'authorize'
            ? setup.sso.authorize()
            : setup.sso[operation](session)
      const error = await rejection(call)
      expect(error).toMatchObject({ ...code('OPTION_INVALID'), option: 'fetch' })
      expect(everythingOf(error)).not.toContain(KEY)
      expect(fetch).toHaveBeenCalledTimes(1)
    },
  )

  async function validatedBy(
    sso: ReturnType<typeof setUp>['sso'],
    sender: ReturnType<typeof setUp>,
  ) {
    const { transaction } = await sso.authorize()
    const { state } = JSON.parse(sender.seen.at(-1)?.body ?? '{}')
    return sso.validateCallback(sender.callback({ code: 'c-1', state }), { transaction })
  }
})

describe('every field of every model', () => {
  const text = ['', 5, {}, []].slice(1)
  const flag = ['true', 1, {}]
  const list = [{}, 'all', [null], ['Owners'], [[]]]
  const texts = ['a', [5], {}]
  const whole = ['5', 1.5, {}]
  const fields: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
    '': {
      user_id: whole,
      login: text,
      email: text,
      full_name: text,
      phone: text,
      otp_serial_number: text,
      api_ip_address_masks: texts,
      groups: list,
      linked_accounts: list,
      login_histories: list,
      notifications: list,
      permissions: list,
    },
    groups: { group_oid: whole, member: flag, name: text },
    linked_accounts: { company: text, merchant_id: text, selected: flag },
    login_histories: { ip_address: text, login: text, login_dts: text, user_agent: text },
    notifications: {
      can_filter_by_distribution_centers: flag,
      can_include_affiliate: flag,
      can_include_order: flag,
      can_include_order_plain_text: flag,
      distribution_center_filters: texts,
      include_affiliate: flag,
      include_order: flag,
      include_order_plain_text: flag,
      name: text,
      notification_group: text,
      selected: flag,
    },
    permissions: {
      permission_group: text,
      permission_Name: text,
      permission_name: text,
      selected: flag,
    },
  }
  const cases = Object.entries(fields).flatMap(([model, wrong]) =>
    Object.entries(wrong).map(([field, values]) => [model, field, values] as const),
  )

  it.each(cases)('%s %s of another form is refused by name', async (model, field, values) => {
    for (const value of values) {
      const user = model === '' ? { [field]: value } : { [model]: [{ [field]: value }] }
      const setup = setUp({ user: () => json({ user_id: 5, login: 'mara', ...user }) })
      const error = await rejection(run(setup, 'user'))
      expect(error).toMatchObject(code('RESPONSE_INVALID'))
      expect(String(error['message']).toLowerCase()).toContain(field.toLowerCase())
    }
  })

  it.each(['change_password_to', 'change_ftp_password_to', '__proto__', 'constructor'])(
    '%s is left out',
    async (field) => {
      const body = `{"user_id":1,"${field}":{"a":1},"groups":[{"name":"a","${field}":"b"}]}`
      const setup = setUp({ user: () => new Response(body) })
      const user = await setup.sso.user({ simpleKey: USER_KEY })
      expect([Object.keys(user), Object.keys(user.groups?.[0] ?? {})]).toEqual([
        ['user_id', 'groups'],
        ['name'],
      ])
    },
  )
})
