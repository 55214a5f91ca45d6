/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-oauth2'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'
import { setUp } from './support.ts'

const OPTION = 'IBKR_OAUTH2_OPTION_INVALID'
const URL_REFUSED = 'IBKR_OAUTH2_URL_REFUSED'
/** Nothing and null are no options, which may be left out. */
const OPTIONAL: Outcomes = ['returns', 'returns', OPTION, OPTION, OPTION]

/** An error that lacks its text or code is refused by the base of all. */
const CLASS = 'CRYPTO_OPTION_INVALID'
const EXPORTS: Readonly<Record<string, Outcomes>> = {
  CodedError: always(CLASS),
  IbkrOAuth2Error: always(CLASS),
  ServiceError: always(CLASS),
  createIbkrOAuth2: always(OPTION),
  hasCode: always('returns'),
  prepareTokenRequest: always(OPTION),
  processTokenResponse: always(OPTION),
}
const METHODS: Readonly<Record<string, Outcomes>> = {
  accessToken: OPTIONAL,
  clientAssertion: always('returns'),
  echoHttps: OPTIONAL,
  echoSignedJwt: OPTIONAL,
  // A text is a path, whatever it says; its init is none.
  fetch: [URL_REFUSED, URL_REFUSED, URL_REFUSED, OPTION, URL_REFUSED],
  signJwt: always(OPTION),
}

describe('an export', () => {
  it('of every name is in the table', () => {
    expect(functionsOf(main)).toEqual(Object.keys(EXPORTS).sort())
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(main, name)).toEqual(expected)
  })
})

describe('a method', () => {
  it('of every name is in the table', () => {
    expect(functionsOf(setUp().client)).toEqual(Object.keys(METHODS).sort())
  })

  it.each(Object.entries(METHODS))('%s', async (name, expected) => {
    expect(await outcomesOf(setUp().client, name)).toEqual(expected)
  })
})

it('wrong options beside right claims are refused', async () => {
  for (const options of [5, 'x', []]) {
    const work = setUp().client.signJwt({}, options as never)
    await expect(work).rejects.toMatchObject({ code: OPTION })
  }
})
