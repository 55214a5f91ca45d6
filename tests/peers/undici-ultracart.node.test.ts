/** npm undici's `fetch` with a dispatcher of its own, over UltraCart's four calls. */
import { serve } from '@isoauth/sandbox/node'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { Agent, fetch as undiciFetch } from 'undici'
import { expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'

it('signs in, reads the user and signs out through the dispatcher that was given', async () => {
  const { sandbox, close } = await serve({ credentials: testCredentials })
  const dispatcher = new Agent()
  let dispatched = 0
  const counted = dispatcher.compose((dispatch) => (options, handler) => {
    dispatched++
    return dispatch(options, handler)
  })
  try {
    const sso = createUltraCartSso({
      ...sandbox.credentials.ultracart,
      fetch: ((url: string, init: object) =>
        undiciFetch(url, { ...init, dispatcher: counted })) as never,
    })
    const { loginUrl, transaction } = await sso.authorize()
    const returned = await approve(loginUrl.href)
    const callback = await sso.validateCallback(returned, { transaction })
    const session = await sso.exchangeCode(callback)
    expect((await sso.user(session)).login).toMatch(/\w/)
    await sso.revoke(session)
    expect(dispatched).toBe(4)
    expect(sandbox.requests.filter(({ refused }) => refused !== null)).toEqual([])
  } finally {
    await dispatcher.close()
    await close({ timeoutMs: 100 })
  }
})

/** The person's part: opens the page, presses "Approve", and comes to the callback. */
async function approve(page: string): Promise<string> {
  const html = await (await fetch(page)).text()
  const body = new URLSearchParams({ decision: 'approve' })
  const hidden = /<input type="hidden" name="(\w+)" value="(\w+)">/g
  for (const [, name = '', value = ''] of html.matchAll(hidden)) body.set(name, value)
  body.set('user', /value="(\w+)" checked/.exec(html)?.[1] ?? '')
  const response = await fetch(new URL('/ultracart/login', page), {
    method: 'POST',
    redirect: 'manual',
    body,
  })
  return response.headers.get('location') ?? ''
}
