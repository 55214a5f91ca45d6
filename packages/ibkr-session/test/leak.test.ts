/** No token, session id or cookie in an event, an error, `health()` or a print of the session. */
import { expect, it } from 'vitest'
import {
  COOKIE,
  everythingOf,
  failure,
  json,
  type Responder,
  SESSION_ID,
  setUp,
} from './support.ts'

const SECRETS = [SESSION_ID, COOKIE, 'secret-access-token', 'eyJhbGciOiJSUzI1NiJ9']
/** What a broker may repeat of what it was sent. */
const ECHO = `session ${SESSION_ID} cookie api=${COOKIE} ${SECRETS[3]}`

const answers: Readonly<Record<string, Responder>> = {
  'fail in a 200': () =>
    json(200, { authenticated: false, connected: false, fail: ECHO, message: ECHO }),
  'a status of an error': () => json(400, { error: ECHO }),
  'a 500 in plain text': () => json(500, ECHO),
  'a 401': () => json(401, { error: ECHO }),
  'no bridge': () => json(400, { error: `no bridge ${ECHO}` }),
  'a network failure': () => {
    throw Object.assign(new TypeError(ECHO), { cause: new Error(ECHO), request: ECHO })
  },
  HTML: () => json(200, `<html>${ECHO}</html>`),
}

it.each(Object.keys(answers))('nothing secret shows after %s', async (name) => {
  const { session, broker, events, time } = setUp()
  await session.open({ compete: true })
  broker.answering(answers[name] as Responder)
  time.now += 60_000
  const errors: unknown[] = []
  for (const attempt of [
    () => session.step(),
    () => session.tickle(),
    () => session.status(),
    () => session.validate(),
    () => session.open({ compete: true }),
    () => session.fetch('/iserver/account/DU1/orders', { method: 'POST', body: ECHO }),
  ]) {
    errors.push(await failure(attempt).catch(() => undefined))
  }
  const shown = everythingOf([events, errors, session.health(), session])
  for (const secret of SECRETS) expect(shown).not.toContain(secret)
})
