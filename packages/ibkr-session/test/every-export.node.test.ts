/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-session'
import * as pacing from '@isoauth/ibkr-session/pacing'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'

const OPTION = 'IBKR_SESSION_OPTION_INVALID'
/** An error that lacks its text or code is refused by the base of all. */
const CLASS = 'CRYPTO_OPTION_INVALID'
const MAIN: Readonly<Record<string, Outcomes>> = {
  CodedError: always(CLASS),
  IbkrSessionError: always(CLASS),
  ServiceError: always(CLASS),
  createBrokerageSession: always(OPTION),
  hasCode: always('returns'),
  reconcileOrdersAndTrades: always(OPTION),
}
const PACING: Readonly<Record<string, Outcomes>> = {
  CodedError: always(CLASS),
  IbkrSessionError: always(CLASS),
  hasCode: always('returns'),
  withPacing: always(OPTION),
}
/** Options that may be left out. */
const OPTIONAL: Outcomes = ['returns', OPTION, OPTION, OPTION, OPTION]
const METHODS: Readonly<Record<string, Outcomes>> = {
  exclusive: always(OPTION),
  health: always('returns'),
  keepAlive: OPTIONAL,
  on: always(OPTION),
  open: always(OPTION),
  openStream: always(OPTION),
  status: OPTIONAL,
  step: OPTIONAL,
  tickle: OPTIONAL,
  validate: OPTIONAL,
}

const answer = { authenticated: true, connected: true, iserver: {} }
const connection = { fetch: async () => Response.json(answer) }
const entries = { main, pacing }
const tables = { main: MAIN, pacing: PACING }

describe.each(['main', 'pacing'] as const)('an export of %s', (entry) => {
  it('of every name is in the table', () => {
    expect(functionsOf(entries[entry])).toEqual(Object.keys(tables[entry]).sort())
  })

  it.each(Object.entries(tables[entry]))('%s', async (name, expected) => {
    expect(await outcomesOf(entries[entry], name)).toEqual(expected)
  })
})

describe('a method of a session', () => {
  it.each(Object.entries(METHODS))('%s', async (name, expected) => {
    const session = main.createBrokerageSession({ connection })
    expect(await outcomesOf(session, name)).toEqual(expected)
    await session.close()
  })

  it('of every name is in the table', () => {
    const session = main.createBrokerageSession({ connection })
    const names = [...Object.keys(METHODS), 'close', 'fetch'].sort()
    expect(functionsOf(session)).toEqual(names)
  })
})
