/** Whose error leaves work on an option: one of ours names the option, any other stays as it is. */
import { CryptoError } from '@isoauth/core-crypto'
import { describe, expect, it } from 'vitest'
import { failure, wrong } from '../../../tests/support/index.ts'
import { aboutOption } from '../src/internal/errors.ts'

const cryptoError = (code: string) => new CryptoError('It is wrong.', wrong({ code }))

describe.each<[string, (error: Error) => unknown]>([
  [
    'thrown at once',
    (error) => {
      throw error
    },
  ],
  ['of a promise', (error) => Promise.reject(error)],
])('an error %s', (_, work) => {
  const told = (error: Error) => failure(async () => aboutOption('signatureKey', () => work(error)))

  it('that is ours names the option, and is its cause', async () => {
    const cause = cryptoError('CRYPTO_KEY_MALFORMED')
    const error = await told(cause)
    expect(error).toMatchObject({
      code: 'IBKR_OAUTH1_OPTION_INVALID',
      option: 'signatureKey',
      cause,
    })
    expect(error['message']).toBe('Option signatureKey: It is wrong.')
  })

  it('of another stays, and so does a runtime without Web Cryptography', async () => {
    for (const error of [new Error('down'), cryptoError('CRYPTO_WEBCRYPTO_UNAVAILABLE')]) {
      expect(await told(error)).toBe(error)
    }
  })
})

it('what comes of the work is given back', async () => {
  expect(aboutOption('signatureKey', () => 5)).toBe(5)
  expect(await aboutOption('signatureKey', async () => 5)).toBe(5)
})
