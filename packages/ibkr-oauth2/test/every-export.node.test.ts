/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-oauth2'
import { expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'
import { setUp } from './support.ts'

const { OPTION, OPTIONAL, FETCH } = every.wordsOf('IBKR_OAUTH2')

const EXPORTS: every.Table = {
  ...every.handedOn,
  IbkrOAuth2Error: every.always(every.CLASS),
  ...every.allOf(OPTION, 'createIbkrOAuth2', 'prepareTokenRequest', 'processTokenResponse'),
}
const METHODS: every.Table = {
  accessToken: OPTIONAL,
  clientAssertion: every.always('returns'),
  echoHttps: OPTIONAL,
  echoSignedJwt: OPTIONAL,
  fetch: FETCH,
  signJwt: every.always(OPTION),
}

every.describeExports(main, EXPORTS)

every.describeMethods(async () => ({ client: setUp().client }), { client: METHODS })

it('wrong options beside right claims are refused', async () => {
  for (const options of [5, 'x', []]) {
    const work = setUp().client.signJwt({}, options as never)
    await expect(work).rejects.toMatchObject({ code: OPTION })
  }
})
