/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-oauth1'
import * as signing from '@isoauth/ibkr-oauth1/signing'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'
import { decrypted, setUp } from './support.ts'

const OPTION = 'IBKR_OAUTH1_OPTION_INVALID'
const CALLBACK = 'IBKR_OAUTH1_CALLBACK_INVALID'
const URL_REFUSED = 'IBKR_OAUTH1_URL_REFUSED'
const THIRD = 'IBKR_OAUTH1_CONSUMER_INVALID'
/** Nothing and null are no options, which may be left out. */
const OPTIONAL: Outcomes = ['returns', 'returns', OPTION, OPTION, OPTION]

/** An error that lacks its text or code is refused by the base of all. */
const CLASS = 'CRYPTO_OPTION_INVALID'
const EXPORTS: Readonly<Record<string, Outcomes>> = {
  CodedError: always(CLASS),
  IbkrOAuth1Error: always(CLASS),
  ServiceError: always(CLASS),
  createIbkrOAuth1: always(OPTION),
  createIbkrOAuth1Authorization: always(OPTION),
  decryptAccessTokenSecret: always(OPTION),
  hasCode: always('returns'),
  prepareLiveSessionTokenRequest: always(OPTION),
  processLiveSessionTokenResponse: always(OPTION),
  authorizationHeaderValue: always(OPTION),
  computeLiveSessionToken: always(OPTION),
  createRequestSigner: always(OPTION),
  percentEncode: [OPTION, OPTION, OPTION, 'returns', OPTION],
  signatureBaseString: always(OPTION),
  verifyLiveSessionToken: always(OPTION),
}
const METHODS: Readonly<Record<string, Readonly<Record<string, Outcomes>>>> = {
  client: {
    authorizationHeader: always(OPTION),
    // A text is a path, whatever it says; its init is none.
    fetch: [URL_REFUSED, URL_REFUSED, URL_REFUSED, OPTION, URL_REFUSED],
    liveSessionToken: OPTIONAL,
    onRenewed: always(OPTION),
    webSocketUrl: always('returns'),
  },
  authorization: {
    accessToken: always(OPTION),
    authorizeUrl: always(OPTION),
    // Asked for without options; the sandbox has no such third party.
    requestToken: [THIRD, THIRD, OPTION, OPTION, OPTION],
    validateCallback: always(OPTION),
  },
  signer: { sign: always(OPTION) },
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

describe('an export', () => {
  const exported = { ...main, ...signing }

  it('of every name is in the table', () => {
    expect(functionsOf(exported)).toEqual(Object.keys(EXPORTS).sort())
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(exported, name)).toEqual(expected)
  })
})

describe.each(Object.entries(METHODS))('a method of the %s', (owner, methods) => {
  it('of every name is in the table', async () => {
    expect(functionsOf((await owners())[owner] as object)).toEqual(Object.keys(methods).sort())
  })

  it.each(Object.entries(methods))('%s', async (name, expected) => {
    expect(await outcomesOf((await owners())[owner] as object, name)).toEqual(expected)
  })
})

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
