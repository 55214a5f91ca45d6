/** The answers that have types: the sandbox, which is not made of them, answers so. */
import {
  type AccountsAnswer,
  createBrokerageSession,
  type LogoutAnswer,
  type StatusAnswer,
  type SuppressAnswer,
  type TickleAnswer,
  type ValidateAnswer,
} from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { startSandbox } from './sandbox-support.ts'

type Known<Answer> = { readonly [Name in keyof Required<Answer>]: readonly string[] }

const flag = ['boolean', 'undefined']
const text = ['string', 'undefined']
const count = ['number', 'undefined']
const part = ['object', 'undefined']

const STATUS: Known<StatusAnswer> = {
  ...{ authenticated: flag, established: flag, competing: flag, connected: flag },
  ...{ message: text, fail: text, MAC: text, hardware_info: text, error: text },
  serverInfo: part,
}
const TICKLE: Known<TickleAnswer> = {
  ...{ session: text, ssoExpires: count, collission: flag, userId: count },
  ...{ hmds: part, iserver: part, error: text },
}
const ACCOUNTS: Known<AccountsAnswer> = { accounts: part, error: text }
const VALIDATE: Known<ValidateAnswer> = {
  ...{ RESULT: flag, EXPIRES: count, AUTH_TIME: count, lastAccessed: count },
  ...{ LOGIN_TYPE: count, loginType: count, error: text },
}
const SUPPRESS: Known<SuppressAnswer> = { status: text, error: text }
const LOGOUT: Known<LogoutAnswer> = { status: flag, confirmed: flag, error: text }

const headers = { 'Content-Type': 'application/json' }

it('the sandbox answers each known call with fields of these types, and with one of them at least', async () => {
  const { connections } = await startSandbox()
  const session = createBrokerageSession({ connection: await connections['OAuth 1.0a']() })
  await session.open({ compete: true })
  const opening = JSON.stringify({ publish: true, compete: true })
  const suppression = JSON.stringify({ messageIds: ['o163'] })
  const calls: readonly (readonly [path: string, known: object, init?: RequestInit])[] = [
    ['/iserver/auth/ssodh/init', STATUS, { method: 'POST', headers, body: opening }],
    ['/iserver/auth/status', STATUS, { method: 'POST' }],
    ['/tickle', TICKLE, { method: 'POST' }],
    ['/iserver/accounts', ACCOUNTS],
    ['/sso/validate', VALIDATE],
    ['/iserver/questions/suppress', SUPPRESS, { method: 'POST', headers, body: suppression }],
    ['/logout', LOGOUT, { method: 'POST' }],
  ]
  for (const [path, known, init] of calls) {
    const answer = await session.fetch(path, init)
    expect(answer.status, path).toBe(200)
    const body = (await answer.json()) as Readonly<Record<string, unknown>>
    const wrong = Object.entries(known).filter(
      ([name, types]) => !types.includes(typeof body[name]),
    )
    expect(wrong, path).toEqual([])
    expect(
      Object.keys(body).some((name) => name in known),
      path,
    ).toBe(true)
  }
  await session.close()
})
