/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ultracart-sso'
import * as transaction from '@isoauth/ultracart-sso/transaction'
import { expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'
import { setUp } from './support.ts'

const OPTION = 'ULTRACART_SSO_OPTION_INVALID'
const UNKNOWN = 'ULTRACART_SSO_LOGIN_UNKNOWN'
/** No header and any text have no login; what is neither is no header. */
const TAKE: every.Outcomes = [UNKNOWN, UNKNOWN, OPTION, UNKNOWN, OPTION]
const EXPORTS: every.Table = {
  CodedError: every.always(every.CLASS),
  UltraCartSsoError: every.always(every.CLASS),
  createUltraCartSso: every.always(OPTION),
  hasCode: every.always('returns'),
  createTransactionCookie: every.always(OPTION),
  // Its options may be left out.
  createTransactionStore: ['returns', OPTION, OPTION, OPTION, OPTION],
  isSameIpAddress: every.always('returns'),
}
const METHODS: Readonly<Record<string, every.Table>> = {
  client: {
    authorize: ['returns', OPTION, OPTION, OPTION, OPTION],
    validateCallback: every.always(OPTION),
    exchangeCode: every.always(OPTION),
    user: every.always(OPTION),
    revoke: every.always(OPTION),
  },
  store: { keep: every.always(OPTION), take: TAKE },
  cookie: { keep: every.always(OPTION), take: TAKE },
}

const owners = async () => {
  const algorithm = { name: 'AES-GCM', length: 256 }
  const key = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])
  return {
    client: setUp().sso,
    store: transaction.createTransactionStore(),
    cookie: transaction.createTransactionCookie({ key: key as CryptoKey }),
  }
}

every.describeExports({ ...main, ...transaction }, EXPORTS)
every.describeMethods(owners, METHODS)

it.each(['exchangeCode', 'user', 'revoke'] as const)(
  '%s with wrong options names them',
  async (name) => {
    for (const options of [5, 'x', []]) {
      const setup = setUp()
      const first = name === 'exchangeCode' ? await setup.validated() : { simpleKey: 'k' }
      const sent = setup.seen.length
      const call = setup.sso[name] as (...given: readonly unknown[]) => Promise<unknown>
      const error = await call(first, options).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ option: 'options' })
      expect(setup.seen).toHaveLength(sent)
    }
  },
)
