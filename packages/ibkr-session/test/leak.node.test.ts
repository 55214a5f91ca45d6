/** No token, session id or cookie in an event, an error, `health()` or a print of the session. */
import { expect, it } from 'vitest'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { COOKIE, everythingOf, failure, json, SESSION_ID, setUp } from './support.ts'

const SECRETS = [SESSION_ID, COOKIE, 'eyJhbGciOiJSUzI1NiJ9']

/** What a broker may repeat of what it was sent, or is asked with. */
const answers: Readonly<Record<string, (echo: string) => Response>> = {
  'fail in a 200': (echo) =>
    json(200, { authenticated: false, connected: false, fail: echo, message: echo }),
  'a 400': (error) => json(400, { error }),
  'a 500 in plain text': (echo) => json(500, echo),
  'a 401': (error) => json(401, { error }),
  'no bridge': (echo) => json(400, { error: `no bridge ${echo}` }),
  'a network failure': (echo) => {
    throw Object.assign(new TypeError(echo), { cause: new Error(echo), request: echo })
  },
  HTML: (echo) => json(200, `<html>${echo}</html>`),
}

const cases = Object.keys(answers).flatMap((name) =>
  SECRETS.map((secret) => [name, secret] as const),
)

skipWaits(1500)

it.each(cases)('nothing secret shows after %s with %s in it', async (name, secret) => {
  const { session, broker, events, time } = setUp()
  await session.open({ compete: true })
  broker.answering(() => answers[name]?.(`you sent ${secret}`))
  time.now += 60_000
  const errors: unknown[] = []
  for (const attempt of [
    () => session.step(),
    () => session.tickle(),
    () => session.status(),
    () => session.validate(),
    () => session.open({ compete: true }),
    () => session.fetch('/iserver/account/DU1/orders', { method: 'POST', body: secret }),
  ]) {
    errors.push(await failure(attempt).catch(() => undefined))
  }
  const shown = everythingOf([events, errors, session.health(), session])
  expect(shown).not.toContain(secret)
})
