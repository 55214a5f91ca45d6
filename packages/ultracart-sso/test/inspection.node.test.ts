/** What Node's own inspection shows, which is what logs print. */
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { CODE, json, KEY, rejection, run, setUp, USER_KEY } from './support.ts'

const deep = { depth: 20, showHidden: true, getters: true }

it('shows no key, code or state of client, session, callback and errors', async () => {
  const setup = setUp({ user: () => json({}, 401) })
  const validated = await setup.validated()
  const session = await setup.sso.exchangeCode(validated)
  const error = await rejection(run(setup, 'user'))
  const lost = await rejection(
    run(setUp({ token: () => Promise.reject(new TypeError(KEY)) }), 'token'),
  )
  const { state } = JSON.parse(setup.seen[0]?.body ?? '')
  for (const value of [setup.sso, validated, session, error, lost]) {
    for (const text of [inspect(value), inspect(value, deep)]) {
      for (const secret of [KEY, USER_KEY, CODE, state]) expect(text).not.toContain(secret)
    }
  }
  expect(inspect(session)).toContain('203.0.113.7')
})
