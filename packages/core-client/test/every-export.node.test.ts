/**
 * Every export by name: what reaches it from an application is refused with a code of the client at hand, or it is
 * called with checked values alone, and then no package hands it on to applications (docs/decisions/0011).
 */
import * as main from '@isoauth/core-client'
import * as handedOn from '@isoauth/core-client/handed-on'
import * as transport from '@isoauth/core-client/transport'
import * as oauth1 from '@isoauth/ibkr-oauth1'
import * as signing from '@isoauth/ibkr-oauth1/signing'
import * as oauth2 from '@isoauth/ibkr-oauth2'
import * as session from '@isoauth/ibkr-session'
import * as pacing from '@isoauth/ibkr-session/pacing'
import * as sso from '@isoauth/ibkr-sso'
import * as ultracart from '@isoauth/ultracart-sso'
import { describe, expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'
import { wrong } from '../../../tests/support/index.ts'
import { functionsOf, type Outcomes, outcomesOf } from '../../../tests/support/wrong-arguments.ts'
import { readBaseUrl } from '../src/internal/base-url.ts'
import { newError } from './support.ts'

const { createOptionReader, createTokenClient, readCommonSettings } = main
const OPTION = 'OPTION_INVALID'
const URL_REFUSED = 'URL_REFUSED'
const base = wrong<main.BaseUrl>(readBaseUrl('https://api.example.com/v1'))

const bearer = new main.BearerToken('abc', { expiresAtMs: 8e14, obtainedAtMs: 0 })
const client = createTokenClient({
  ...readCommonSettings(createOptionReader({}, newError)),
  ...{ newError, base, fetch: undefined, timeoutMs: 1000, userAgent: 'test', now: () => 1 },
  ...{ kind: main.BEARER, packageName: 'test', identity: [] },
  renew: async () => bearer,
  authorize: () => 'Bearer abc',
})

/** What applications give goes through these, under the names of the clients. */
const FROM_APPLICATIONS: Readonly<
  Record<string, readonly [(given: unknown) => unknown, Outcomes]>
> = {
  createOptionReader: [
    (options) => createOptionReader(wrong<object>(options), newError),
    ['returns', OPTION, OPTION, OPTION, OPTION],
  ],
  readCommonSettings: [
    (store) =>
      readCommonSettings(
        createOptionReader(wrong<object>({ store, storeKey: 'unsealed' }), newError),
      ),
    [OPTION, OPTION, OPTION, OPTION, OPTION],
  ],
  readSharing: [
    (lock) => main.readSharing(createOptionReader(wrong({ lock }), newError)),
    ['returns', OPTION, OPTION, OPTION, OPTION],
  ],
  receiveResponse: [
    (response) => main.receiveResponse(newError, wrong(response)),
    [OPTION, OPTION, OPTION, OPTION, OPTION],
  ],
  refuseOption: [
    (value) => main.refuseOption(newError, 'name', value, 'a form'),
    [OPTION, OPTION, OPTION, OPTION, OPTION],
  ],
  // A text is a path, whatever it says.
  resolveUrl: [
    (input) => main.resolveUrl(newError, base, wrong(input)),
    [URL_REFUSED, URL_REFUSED, URL_REFUSED, 'returns', URL_REFUSED],
  ],
  'createTokenClient().fetch': [
    (input) => client.fetch(wrong(input), wrong(input)),
    [URL_REFUSED, URL_REFUSED, URL_REFUSED, OPTION, URL_REFUSED],
  ],
  'createTokenClient().token': [
    (options) => client.token(wrong(options)),
    ['returns', OPTION, OPTION, OPTION, OPTION],
  ],
  'createTokenClient().onRenewed': [
    (listener) => client.onRenewed(wrong(listener)),
    [OPTION, OPTION, OPTION, OPTION, OPTION],
  ],
}

/** Called by the packages alone, with what was checked before or read from an answer. */
const BY_PACKAGES_ALONE: readonly string[] = [
  'BearerToken',
  'abortable',
  'callService',
  'cleanText',
  'copyInit',
  'copyKey',
  'createClock',
  'createEchoCheck',
  'createHeldCall',
  'createListeners',
  'createSingleFlight',
  'createTokenClient',
  'describeBaseCause',
  'describeBody',
  'describeClock',
  'describeFailedConnection',
  'describeWait',
  'entryKey',
  'followSigner',
  'isBrowser',
  'isLoopbackHost',
  'isSignal',
  'isTokenText',
  'isUnreadResponse',
  'openSharedEntry',
  'parseHttpDate',
  'parseJsonObject',
  'parseRetryAfter',
  'quoteProblem',
  'readAnswer',
  'readProblem',
  'readBearer',
  'readDurationMs',
  'readFlag',
  'readFunction',
  'readNow',
  'readSeconds',
  'readSignal',
  'readText',
  'readUrl',
  'readUserAgent',
  'readWaitUntil',
  'readWord',
  'receiveAnswer',
  'responseFacts',
  'safeTraceId',
  'setUserAgent',
  'showFieldsAlone',
  'causeOnTheWay',
  'rejectedStatus',
  'tellRejection',
  'underLock',
  'withDeadline',
  'withoutContent',
  'withoutHoldBack',
]
/** The base of the clients' errors, in the table of each of them. */
const HANDED_ON: readonly string[] = ['ServiceError']

every.describeExports(handedOn, every.handedOn, { name: 'an export that is handed on' })

describe('an export', () => {
  it('of every name is in a table', () => {
    const checked = Object.keys(FROM_APPLICATIONS).filter((name) => !name.includes('.'))
    expect(functionsOf({ ...main, ...transport })).toEqual(
      [...checked, ...BY_PACKAGES_ALONE, ...HANDED_ON].sort(),
    )
  })

  it.each(Object.entries(FROM_APPLICATIONS))('%s', async (_, [call, expected]) => {
    expect(await outcomesOf({ call }, 'call')).toEqual(expected)
  })

  it('that is for the packages alone is handed on by none of them', () => {
    const packages = {
      ...oauth1,
      ...signing,
      ...oauth2,
      ...session,
      ...pacing,
      ...sso,
      ...ultracart,
    }
    const handedOn = Object.entries({ ...main, ...transport }).filter(([, value]) =>
      Object.values<unknown>(packages).includes(value),
    )
    expect(handedOn.map(([name]) => name)).toEqual(HANDED_ON)
  })
})
