/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as config from '@isoauth/cli/config'
import * as inspecting from '@isoauth/cli/inspect'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'

const ARGUMENTS = 'CLI_ARGUMENTS_INVALID'

const EXPORTS: Readonly<Record<string, Outcomes>> = {
  CliError: always('CRYPTO_OPTION_INVALID'),
  findConfig: ['returns', ARGUMENTS, ARGUMENTS, ARGUMENTS, ARGUMENTS],
  ibkrOAuth1Options: always(ARGUMENTS),
  ibkrOAuth2Options: always(ARGUMENTS),
  readConfig: ['returns', ARGUMENTS, ARGUMENTS, ARGUMENTS, ARGUMENTS],
  firstDifference: always(ARGUMENTS),
  inspect: always(ARGUMENTS),
  placeOf: always(ARGUMENTS),
  readRequests: always('CLI_REQUEST_UNREADABLE'),
  ultraCartSsoOptions: always(ARGUMENTS),
}

const exported = { ...config, ...inspecting }

describe('an export', () => {
  it('of every name is in the table', () => {
    expect(functionsOf(exported)).toEqual(Object.keys(EXPORTS).sort())
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(exported, name)).toEqual(expected)
  })
})
