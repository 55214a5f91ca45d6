/** Sessions over real connections: the OAuth 1.0a client and an SSO session, against the sandbox. */
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { startSandbox } from './sandbox-support.ts'
import { failure } from './support.ts'

skipWaits(4000)

it.each(['OAuth 1.0a', 'SSO'] as const)('opens, keeps and closes over %s', async (name) => {
  // The waits of an opening move the clock of everyone.
  const time = {
    movedMs: NOW_MS - Date.now(),
    get now() {
      return Date.now() + this.movedMs
    },
    set now(now) {
      this.movedMs = now - Date.now()
    },
  }
  const { connections, now } = await startSandbox(time)
  const connection = await connections[name]()
  const events: string[] = []
  const session = createBrokerageSession({
    connection,
    now,
    onEvent: ({ type }) => void events.push(type),
  })
  await session.open({ compete: false })
  expect((await session.fetch('/iserver/accounts')).status).toBe(200)
  for (let minute = 0; minute < 30; minute++) {
    time.now += 60_000
    await session.step()
  }
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
  // Seven minutes without a request: the broker's session is gone, and the next call opens it again.
  time.now += 420_000
  expect((await session.fetch('/iserver/accounts')).status).toBe(200)
  expect(events).toEqual(['opened', 'lost', 'reopened'])
  expect((await session.validate()).isValid).toBe(true)
  await session.close({ logout: true })
  expect((await failure(() => session.status())).code).toBe('IBKR_SESSION_CLOSED')
})
