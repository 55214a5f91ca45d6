import type { Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { callback, STATE, startShop, type UltraCart } from './ultracart-client.ts'

const origin = 'http://127.0.0.1:8787'
let now = Date.UTC(2026, 2, 2, 15)
let sandbox: Sandbox
let client: UltraCart

beforeAll(async () => {
  ;({ sandbox, client } = await startShop(() => now, { cors: true }))
})

describe('the login page', () => {
  it('says what it is, in accessible HTML with strict headers', async () => {
    const response = await sandbox.fetch(await client.loginUrl())
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'; form-action 'self' https:\/\/shop.example$/,
    )
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/)
    expect(text).toMatch(/<title>SANDBOX: /)
    expect(text).toContain('This is not UltraCart')
    expect(text).toContain('<legend>Sign in as</legend>')
    expect(text.match(/<label><input type="radio"/g)).toHaveLength(2)
    expect(text).not.toContain('type="password"')
    expect(text).toMatch(/<button type="submit" name="decision" value="approve">Approve/)
    expect(text).toMatch(/<button type="submit" name="decision" value="refuse">Refuse/)
  })

  it('leads back on a refusal, with state and without a code', async () => {
    const loginUrl = await client.loginUrl()
    const { origin: to, searchParams } = callback(
      await client.press(await client.form(loginUrl), 'refuse'),
    )
    expect(to).toBe('https://shop.example')
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'The user refused',
      state: STATE,
    })
    const again = await sandbox.fetch(loginUrl)
    expect([again.status, client.reason]).toEqual([400, 'login: this login was already decided on'])
  })

  it('leads back when the login has expired, on opening and on pressing', async () => {
    const expired = { error: 'invalid_request', error_description: 'The login has expired' }
    const opened = await client.loginUrl()
    const pressed = await client.form(await client.loginUrl())
    now += 599_999
    expect((await sandbox.fetch(opened)).status).toBe(200)
    now += 1
    const first = await sandbox.fetch(opened, { redirect: 'manual' })
    expect(Object.fromEntries(callback(first).searchParams)).toEqual({ ...expired, state: STATE })
    expect(client.reason).toBe('login: it must not have expired')
    const second = await client.press(pressed, 'approve')
    expect(Object.fromEntries(callback(second).searchParams)).toEqual({ ...expired, state: STATE })
  })

  it('decides once, also with two pages open', async () => {
    const loginUrl = await client.loginUrl()
    const [one, two] = [await client.form(loginUrl), await client.form(loginUrl)]
    const answers = await Promise.all([client.press(one, 'approve'), client.press(two, 'approve')])
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 400])
  })

  it('takes only a form that it showed, once, for this login', async () => {
    const fields = await client.form(await client.loginUrl())
    const other = await client.form(await client.loginUrl())
    const swapped = new URLSearchParams(fields)
    swapped.set('form_token', other.get('form_token') ?? '')
    expect((await client.press(swapped, 'approve')).status).toBe(403)
    expect(client.reason).toMatch(/^form-token: /)
    expect((await client.press(new URLSearchParams(), 'approve')).status).toBe(403)
    expect((await client.press(fields, 'approve')).status).toBe(302)
    expect((await client.press(fields, 'approve')).status).toBe(403)
  })

  it('takes the two buttons and the users that there are', async () => {
    const undecided = await client.press(await client.form(await client.loginUrl()), 'perhaps')
    expect([undecided.status, client.reason]).toEqual([400, 'login: neither approved nor refused'])
    const fields = await client.form(await client.loginUrl())
    fields.set('user', 'root')
    expect((await client.press(fields, 'approve')).status).toBe(400)
    expect(client.reason).toBe('login: no user of this sandbox was chosen')
  })

  it('does not know other logins, and shows nothing of them', async () => {
    for (const query of ['', '?id=', '?id=%3Cscript%3E']) {
      const response = await sandbox.fetch(`${origin}/ultracart/login${query}`)
      expect([response.status, client.reason]).toEqual([
        400,
        'login: this is not a login of this sandbox',
      ])
      expect(await response.text()).not.toContain('<script>')
    }
  })
})

describe('the default callback page', () => {
  it.each([
    ['?code=%3Cb%3E1&state=s', '<output id="code">&lt;b&gt;1</output>'],
    ['?code=1', '<output id="state">none</output>'],
    ['?error=%3Cb%3E', '<output id="error">&lt;b&gt;</output>'],
    ['', 'No code arrived'],
  ])('%s is shown, escaped', async (query, shown) => {
    const response = await sandbox.fetch(`${origin}/ultracart/callback${query}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toContain(shown)
  })
})
