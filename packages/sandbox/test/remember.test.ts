/** What was found out of an input is not found out again, no memory grows without end, and none answers for another. */
import { createSandbox } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import vectors from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { createMemory } from '../src/internal/crypto/remember.ts'

it('finds each once, and forgets the oldest when there are many', () => {
  const found: number[] = []
  const remember = createMemory<number>()
  const square = (number: number) =>
    remember(`${number}`, () => {
      found.push(number)
      return number * number
    })
  const few = [1, 2, 3]
  for (const number of [...few, ...few]) expect(square(number)).toBe(number * number)
  expect(found).toEqual(few)
  for (let number = 4; number < 80; number++) square(number)
  expect(found.length).toBe(79)
  expect(square(79)).toBe(79 * 79)
  expect(found.length).toBe(79)
  expect(square(1)).toBe(1)
  expect(found.slice(79)).toEqual([1])
})

it('takes the digits of a prime that it knows for no private key', async () => {
  const { pem, primeHex } = vectors.dhGroups.openssl
  const withOAuth1 = (more: object) => ({
    ...testCredentials,
    ibkr: {
      ...testCredentials.ibkr,
      oauth1: { ...testCredentials.ibkr.oauth1, dhParameters: pem, ...more },
    },
  })
  await createSandbox({ credentials: withOAuth1({}) })
  const encryptionKey = String(BigInt(`0x${primeHex}`))
  const made = createSandbox({ credentials: withOAuth1({ encryptionKey }) })
  await expect(made).rejects.toThrow(/no readable PEM private key/)
})
