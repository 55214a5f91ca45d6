/** The four operations on their normal path: what is sent, and what comes of the answers. */
import { describe, expect, it } from 'vitest'
import { CODE, json, KEY, REDIRECT, START, setUp, USER_KEY } from './support.ts'

describe('authorize', () => {
  it('sends what the service asks for, and the state only as a digest to the application', async () => {
    const { sso, seen } = setUp()
    const { loginUrl, transaction } = await sso.authorize()
    expect(String(loginUrl)).toBe('https://secure.ultracart.com/example/login?id=42')
    const [{ method, url, headers, body, redirect }] = seen as [(typeof seen)[0]]
    expect([method, url, redirect]).toEqual([
      'PUT',
      'https://secure.ultracart.com/rest/v2/sso/authorize',
      'manual',
    ])
    expect(headers.get('x-ultracart-simple-key')).toBe(KEY)
    expect(headers.get('authorization')).toBeNull()
    expect(headers.get('x-ultracart-api-version')).toBe('2017-03-01')
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(headers.get('accept')).toBe('application/json')
    const { redirect_uri, state, ...rest } = JSON.parse(body)
    expect([redirect_uri, rest]).toEqual([REDIRECT, {}])
    expect(state).toMatch(/^[\w-]{43}$/)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state))
    const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)))
    const stateDigest = base64.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')
    expect(JSON.parse(JSON.stringify(transaction))).toEqual({
      stateDigest,
      redirectUri: REDIRECT,
      expiresAtMs: Date.parse('2026-03-02T15:05:00Z'),
    })
    expect(JSON.stringify(transaction)).not.toContain(state)
  })

  it('makes another state each time', async () => {
    const { login } = setUp()
    const states = await Promise.all([login(), login(), login()])
    expect(new Set(states.map(({ transaction }) => transaction.stateDigest)).size).toBe(3)
  })

  it('sends an access token as bearer, and no key beside it', async () => {
    const { sso, seen } = setUp({}, { simpleKey: undefined, accessToken: 'token-1' } as never)
    await sso.authorize()
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer token-1')
    expect(seen[0]?.headers.get('x-ultracart-simple-key')).toBeNull()
  })

  it.each([
    ['an offset', '2026-03-02T10:01:30-05:00', START + 90_000],
    ['an offset without a colon', '2026-03-02T10:01:30-0500', START + 90_000],
    ['Z and a fraction', '2026-03-02T15:01:30.500Z', START + 90_500],
    ['one that is later than ten minutes', '2026-03-02T12:00:00-05:00', START + 600_000],
    ['none', undefined, START + 600_000],
    ['null', null, START + 600_000],
    ['no offset', '2026-03-02T10:01:30', START + 600_000],
    ['words', 'tomorrow', START + 600_000],
    ['a number', 1772463690000, START + 600_000],
    ['an impossible date', '2026-13-45T99:99:99-05:00', START + 600_000],
  ])('takes an expiration_dts with %s', async (_, expiration_dts, expected) => {
    const login_url = 'https://secure.ultracart.com/login'
    const { sso } = setUp({ authorize: () => json({ login_url, expiration_dts }) })
    expect((await sso.authorize()).transaction.expiresAtMs).toBe(expected)
  })

  it('keeps a base URL of its own, with or without a slash at its end', async () => {
    const baseUrl = 'http://127.0.0.1:8787/rest/v2'
    const login_url = 'http://127.0.0.1:8787/login'
    for (const given of [baseUrl, `${baseUrl}/`]) {
      const { sso, seen } = setUp({ authorize: () => json({ login_url }) }, { baseUrl: given })
      await sso.authorize()
      expect(seen[0]?.url).toBe(`${baseUrl}/sso/authorize`)
    }
  })
})

describe('exchangeCode', () => {
  it('sends the code once and gives a session', async () => {
    const { session, seen, count } = setUp()
    const { simpleKey, expiresAtMs, expirationDts, ipAddress } = await session()
    expect(simpleKey).toBe(USER_KEY)
    expect(expiresAtMs).toBe(Date.parse('2026-03-03T03:00:00Z'))
    expect([expirationDts, ipAddress]).toEqual(['2026-03-02T22:00:00-05:00', '203.0.113.7'])
    expect(count('token')).toBe(1)
    const sent = seen.at(-1)
    expect([sent?.method, sent?.headers.get('x-ultracart-simple-key')]).toEqual(['PUT', KEY])
    expect(JSON.parse(sent?.body ?? '')).toEqual({ code: CODE, grant_type: 'simple_key' })
  })

  it.each([[undefined], [null], ['soon'], [5]])(
    'takes an expiration_dts of %s for unknown',
    async (expiration_dts) => {
      const token = () => json({ simple_key: USER_KEY, expiration_dts, ip_address: 7 })
      const session = await setUp({ token }).session()
      expect([session.expiresAtMs, session.ipAddress]).toEqual([undefined, undefined])
    },
  )

  it('leaves the key out of every print of the session', async () => {
    const session = await setUp().session()
    const prints = [
      JSON.stringify(session),
      JSON.stringify({ ...session }),
      String(session),
      Object.entries(session).join(),
      JSON.stringify(Object.getOwnPropertyDescriptors(session)),
      JSON.stringify(structuredClone(session)),
    ]
    for (const name in session) prints.push(String(session[name as keyof typeof session]))
    expect(prints.join()).not.toContain(USER_KEY)
    expect(prints[0]).toContain('203.0.113.7')
    expect(session.simpleKey).toBe(USER_KEY)
    expect(Object.isFrozen(session)).toBe(true)
  })
})

describe('user', () => {
  const full = {
    user_id: 1201,
    login: 'mara',
    email: 'mara@shop.example',
    full_name: 'Mara Lind',
    phone: null,
    otp_serial_number: '123',
    api_ip_address_masks: ['203.0.113.0/24'],
    groups: [
      { group_oid: 7, name: 'Support', member: true },
      { group_oid: 8, name: 'Owners', member: false },
    ],
    permissions: [
      { permission_group: 'Orders', permission_Name: 'View Orders', selected: true },
      { permission_group: 'Orders', permission_name: 'Edit Orders', selected: false },
    ],
    linked_accounts: [{ merchant_id: 'SHOP2', company: 'Second Shop', selected: false }],
    login_histories: [
      { login: 'mara', login_dts: '2026-03-02T10:03:11-05:00', ip_address: '203.0.113.7' },
    ],
    notifications: [{ name: 'Order', selected: true, distribution_center_filters: ['DC1'] }],
    change_password_to: 'secret-1',
    change_ftp_password_to: 'secret-2',
    a_new_field: { kept: [1, null, 'x'] },
  }

  it('gives the user with the wire’s names, both spellings of permission_Name, and what is new', async () => {
    const { sso, seen } = setUp({ user: () => json(full) })
    const user = await sso.user({ simpleKey: USER_KEY })
    const { phone: _, change_password_to: __, change_ftp_password_to: ___, ...rest } = full
    expect(user).toEqual({
      ...rest,
      permissions: [
        { permission_group: 'Orders', permission_Name: 'View Orders', selected: true },
        { permission_group: 'Orders', permission_Name: 'Edit Orders', selected: false },
      ],
    })
    expect([seen[0]?.method, seen[0]?.body]).toEqual(['GET', ''])
    expect(seen[0]?.headers.get('x-ultracart-simple-key')).toBe(USER_KEY)
    expect(seen[0]?.headers.get('content-type')).toBeNull()
  })

  it('copies no name that changes what an object is', async () => {
    const text = '{"user_id":1,"__proto__":{"member":true},"constructor":{"a":1},"groups":[]}'
    const { sso } = setUp({ user: () => new Response(text) })
    const user = await sso.user({ simpleKey: USER_KEY })
    expect(Object.getPrototypeOf(user)).toBe(Object.prototype)
    expect(Object.keys(user)).toEqual(['user_id', 'groups'])
    expect('member' in user).toBe(false)
  })

  it('takes a warning beside an answer for what it is', async () => {
    const warning = { warning_message: 'old', more_info: 'x' }
    const { sso } = setUp({ user: () => json({ user_id: 1, warning, success: true, error: null }) })
    expect(await sso.user({ simpleKey: USER_KEY })).toMatchObject({ user_id: 1, warning })
  })
})

describe('revoke', () => {
  it.each([
    ['204', () => new Response(null, { status: 204 })],
    ['200 and nothing', () => new Response('')],
    ['200 and a body', () => json({ success: true })],
    ['200 and words', () => new Response('revoked')],
    ['202', () => new Response('', { status: 202 })],
  ])('is done after %s', async (_, revoke) => {
    const { sso, seen } = setUp({ revoke })
    expect(await sso.revoke({ simpleKey: USER_KEY })).toBeUndefined()
    expect([seen.length, seen[0]?.method]).toEqual([1, 'DELETE'])
    expect(seen[0]?.headers.get('x-ultracart-simple-key')).toBe(USER_KEY)
  })
})
