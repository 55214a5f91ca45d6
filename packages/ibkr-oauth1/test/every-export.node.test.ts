/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-oauth1'
import * as signing from '@isoauth/ibkr-oauth1/signing'
import { describe, expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'
import { decrypted, setUp } from './support.ts'

const { OPTION, OPTIONAL, FETCH } = every.wordsOf('IBKR_OAUTH1')
const CALLBACK = 'IBKR_OAUTH1_CALLBACK_INVALID'
const THIRD = 'IBKR_OAUTH1_CONSUMER_INVALID'

const EXPORTS: every.Table = {
  ...every.handedOn,
  IbkrOAuth1Error: every.always(every.CLASS),
  percentEncode: [OPTION, OPTION, OPTION, 'returns', OPTION],
  ...every.allOf(
    OPTION,
    'createIbkrOAuth1',
    'createIbkrOAuth1Authorization',
    'decryptAccessTokenSecret',
    'prepareLiveSessionTokenRequest',
    'processLiveSessionTokenResponse',
    'authorizationHeaderValue',
    'computeLiveSessionToken',
    'createRequestSigner',
    'signatureBaseString',
    'verifyLiveSessionToken',
  ),
}
const METHODS: Readonly<Record<string, every.Table>> = {
  client: {
    authorizationHeader: every.always(OPTION),
    fetch: FETCH,
    liveSessionToken: OPTIONAL,
    onRenewed: every.always(OPTION),
    webSocketUrl: every.always('returns'),
  },
  authorization: {
    accessToken: every.always(OPTION),
    authorizeUrl: every.always(OPTION),
    // Asked for without options; the sandbox has no such third party.
    requestToken: [THIRD, OPTION, OPTION, OPTION, OPTION],
    validateCallback: every.always(OPTION),
  },
  signer: { sign: every.always(OPTION) },
}

const owners = async (): Promise<Readonly<Record<string, object>>> => {
  const { client, sandbox, time } = await setUp()
  const { consumerKey, accessToken } = decrypted
  const liveSessionToken = new Uint8Array(20)
  return {
    client,
    authorization: main.createIbkrOAuth1Authorization({
      ...decrypted,
      fetch: sandbox.fetch as never,
      now: () => time.now,
    }),
    signer: signing.createRequestSigner({ consumerKey, accessToken, liveSessionToken }),
  }
}

every.describeExports({ ...main, ...signing }, EXPORTS)

every.describeMethods(owners, METHODS)

it('a callback that is none is told as one', async () => {
  const { authorization } = (await owners()) as { authorization: main.IbkrOAuth1Authorization }
  for (const url of [undefined, null, 5, [], '', {}]) {
    const validate = () => authorization.validateCallback(url as never, { requestToken: 'x' })
    expect(validate).toThrow(expect.objectContaining({ code: CALLBACK }))
  }
})

describe('fields of the pure layer of a wrong type', () => {
  const base = { method: 'GET', url: 'https://api.ibkr.com/x', parameters: [['a', 'b']] } as const
  it.each<[string, unknown]>([
    ['parameters', [null]],
    ['parameters', [['a']]],
    ['parameters', [['a', 5]]],
    ['prefix', []],
    ['formBody', 5],
    ['formBody', [[]]],
    ['url', 'ftp://api.ibkr.com/x'],
    ['url', 'https://user@api.ibkr.com/x'],
    ['url', { href: 5 }],
    ['method', 5],
    ['querySigning', null],
  ])('signatureBaseString: %s', (option, value) => {
    const call = () => signing.signatureBaseString({ ...base, [option]: value } as never)
    expect(call).toThrow(expect.objectContaining({ code: OPTION, option }))
  })

  it.each<[string, unknown]>([
    ['timestamp', Object.create(null)],
    ['timestamp', [1_700_000_000]],
    ['nonce', null],
    ['url', null],
    ['formBody', {}],
  ])('sign: %s', async (option, value) => {
    const { signer } = (await owners()) as { signer: signing.RequestSigner }
    const call = () => signer.sign({ ...base, [option]: value } as never)
    expect(call).toThrow(expect.objectContaining({ code: OPTION, option }))
  })

  it('now of a signer', () => {
    const options = { ...decrypted, liveSessionToken: new Uint8Array(20), now: 5 as never }
    expect(() => signing.createRequestSigner(options)).toThrow(
      expect.objectContaining({ code: OPTION, option: 'now' }),
    )
  })
})

it('a userAgent that no header takes is refused when a client is made', () => {
  for (const userAgent of ['Börse', 'a\nb', '', 5]) {
    const options = { ...decrypted, userAgent } as never
    for (const make of [main.createIbkrOAuth1, main.createIbkrOAuth1Authorization]) {
      expect(() => make(options)).toThrow(
        expect.objectContaining({ code: OPTION, option: 'userAgent' }),
      )
    }
  }
})
