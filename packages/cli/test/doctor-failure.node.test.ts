/** What the doctor says of a call that failed. */
import { IbkrOAuth1Error } from '@isoauth/ibkr-oauth1'
import { expect, it } from 'vitest'
import { failureOf } from '../src/internal/doctor/failure.ts'

const PAGES = 'https://isoauth.github.io/isoauth/errors/'
const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })

it.each([
  [
    'a connection that is refused',
    new IbkrOAuth1Error('text', { code: 'IBKR_OAUTH1_NETWORK', cause: refused }),
    {
      code: 'IBKR_OAUTH1_NETWORK, ECONNREFUSED',
      docs: `${PAGES}ibkr_oauth1_network`,
      message: 'no answer from host.example: nothing listens there',
      remedy: expect.stringMatching(/^check baseUrl and its port/),
    },
  ],
  [
    'a time limit',
    new IbkrOAuth1Error('text', { code: 'IBKR_OAUTH1_TIMEOUT' }),
    {
      code: 'IBKR_OAUTH1_TIMEOUT',
      docs: `${PAGES}ibkr_oauth1_timeout`,
      message: 'no answer from host.example: it took too long',
      remedy: expect.stringMatching(/^check baseUrl, the network/),
    },
  ],
  [
    'a time limit of the platform',
    new IbkrOAuth1Error('text', {
      code: 'IBKR_OAUTH1_TIMEOUT',
      cause: Object.assign(new Error('x'), { code: 'ETIMEDOUT' }),
    }),
    {
      code: 'IBKR_OAUTH1_TIMEOUT, ETIMEDOUT',
      docs: `${PAGES}ibkr_oauth1_timeout`,
      message: 'no answer from host.example: the connection timed out',
      remedy: expect.any(String),
    },
  ],
  [
    'an error of the platform alone',
    Object.assign(new TypeError('fetch failed'), { cause: refused }),
    {
      code: 'ECONNREFUSED',
      message: 'no answer from host.example: nothing listens there',
      remedy: expect.any(String),
    },
  ],
  [
    'a refusal',
    new IbkrOAuth1Error('The broker refused it.', {
      code: 'IBKR_OAUTH1_UNAUTHORIZED',
      traceId: 'abc',
    }),
    {
      code: 'IBKR_OAUTH1_UNAUTHORIZED',
      docs: `${PAGES}ibkr_oauth1_unauthorized`,
      message: 'The broker refused it.',
      traceId: 'abc',
    },
  ],
  [
    'one that holds sign-in back',
    new IbkrOAuth1Error(
      'The broker refused it. Sign-in is held back until 2026-01-01T00:00:00.000Z, since repeated logins are punished; until then this error is given from memory.',
      { code: 'IBKR_OAUTH1_UNAUTHORIZED', nextAttemptAtMs: 1 },
    ),
    {
      code: 'IBKR_OAUTH1_UNAUTHORIZED',
      docs: `${PAGES}ibkr_oauth1_unauthorized`,
      message: 'The broker refused it. Repeated logins are punished: mend it before the next.',
    },
  ],
])('%s', (_, error, expected) => {
  expect(failureOf(error, 'host.example')).toEqual(expected)
})

it('names no host where none is known', () => {
  const error = new IbkrOAuth1Error('text', { code: 'IBKR_OAUTH1_NETWORK', cause: refused })
  expect(failureOf(error).message).toBe('no answer: nothing listens there')
})
