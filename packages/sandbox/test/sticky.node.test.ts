import { createSandbox } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { json, signedIn } from './stream-client.ts'

const origin = 'http://127.0.0.1:8787'
const options = { origin, credentials: testCredentials }

it('sets no cookie unless it is asked to', async () => {
  const user = await signedIn(await createSandbox(options), Date.now)
  expect((await user.call('/tickle')).headers.getSetCookie()).toEqual([])
})

it('keeps a brokerage session on the machine that opened it', async () => {
  const user = await signedIn(await createSandbox({ ...options, stickyCookie: true }), Date.now)
  const init = await user.call('/iserver/auth/ssodh/init', {
    method: 'POST',
    headers: json,
    body: '{"publish":true,"compete":true}',
  })
  const [cookie = ''] = init.headers.getSetCookie()
  expect(cookie).toMatch(/^x-sess-uuid=[0-9a-f]{32}; Path=\/; HttpOnly$/)
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  const kept = await user.call('/iserver/accounts', { headers })
  expect([kept.status, kept.headers.getSetCookie()]).toEqual([200, []])
  const elsewhere = await user.call('/iserver/accounts')
  expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
    400,
    { error: 'Bad Request: no bridge' },
  ])
})
