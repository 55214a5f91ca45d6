/** Sessions over real connections: the OAuth 1.0a client and an SSO session, against the sandbox. */
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { startSandbox } from './sandbox-support.ts'
import { failure } from './support.ts'

it.each(['OAuth 1.0a', 'SSO'] as const)('opens, keeps and closes over %s', async (name) => {
  const { connections, now, time } = await startSandbox()
  const connection = await connections[name]()
  const events: string[] = []
  const session = createBrokerageSession({
    connection,
    now,
    onEvent: ({ type }) => void events.push(type),
  })
  const opening = session.open({ compete: false })
  const ticking = setInterval(() => {
    time.now += 1000
  }, 20)
  await opening.finally(() => clearInterval(ticking))
  expect((await session.fetch('/iserver/accounts')).status).toBe(200)
  for (let minute = 0; minute < 30; minute++) {
    time.now += 60_000
    await session.step()
  }
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
  // Seven minutes without a request: the broker's session is gone, and the next call opens it again.
  time.now += 420_000
  const fetching = session.fetch('/iserver/accounts')
  const again = setInterval(() => {
    time.now += 1000
  }, 20)
  expect((await fetching.finally(() => clearInterval(again))).status).toBe(200)
  expect(events).toEqual(['opened', 'lost', 'reopened'])
  expect((await session.validate()).isValid).toBe(true)
  await session.close({ logout: true })
  expect((await failure(() => session.status())).code).toBe('IBKR_SESSION_CLOSED')
})
