/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-session'
import * as pacing from '@isoauth/ibkr-session/pacing'
import { onTestFinished } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'

const { OPTION } = every.wordsOf('IBKR_SESSION')
const MAIN: every.Table = {
  ...every.handedOn,
  IbkrSessionError: every.always(every.CLASS),
  createBrokerageSession: every.always(OPTION),
  reconcileOrdersAndTrades: every.always(OPTION),
}
const PACING: every.Table = {
  CodedError: every.always(every.CLASS),
  IbkrSessionError: every.always(every.CLASS),
  hasCode: every.always('returns'),
  withPacing: every.always(OPTION),
}
/** Options that may be left out. */
const OPTIONAL: every.Outcomes = ['returns', OPTION, OPTION, OPTION, OPTION]
const METHODS: every.Table = {
  exclusive: every.always(OPTION),
  health: every.always('returns'),
  keepAlive: OPTIONAL,
  on: every.always(OPTION),
  open: every.always(OPTION),
  openStream: every.always(OPTION),
  status: OPTIONAL,
  step: OPTIONAL,
  tickle: OPTIONAL,
  validate: OPTIONAL,
}

const answer = { authenticated: true, connected: true, iserver: {} }
const connection = { fetch: async () => Response.json(answer) }

every.describeExports(main, MAIN, { name: 'an export of main' })
every.describeExports(pacing, PACING, { name: 'an export of pacing' })

const owners = async () => {
  const session = main.createBrokerageSession({ connection })
  onTestFinished(() => session.close())
  return { session }
}
every.describeMethods(owners, { session: METHODS }, ['close', 'fetch'])
