/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as config from '@isoauth/cli/config'
import * as inspecting from '@isoauth/cli/inspect'
import * as every from '../../../tests/support/every-export.ts'

const ARGUMENTS = 'CLI_ARGUMENTS_INVALID'

const EXPORTS: every.Table = {
  CliError: every.always('CRYPTO_OPTION_INVALID'),
  findConfig: ['returns', ARGUMENTS, ARGUMENTS, ARGUMENTS, ARGUMENTS],
  ibkrOAuth1Options: every.always(ARGUMENTS),
  ibkrOAuth2Options: every.always(ARGUMENTS),
  readConfig: ['returns', ARGUMENTS, ARGUMENTS, ARGUMENTS, ARGUMENTS],
  firstDifference: every.always(ARGUMENTS),
  inspect: every.always(ARGUMENTS),
  placeOf: every.always(ARGUMENTS),
  readRequests: every.always('CLI_REQUEST_UNREADABLE'),
  ultraCartSsoOptions: every.always(ARGUMENTS),
}

every.describeExports({ ...config, ...inspecting }, EXPORTS)
