/** Long runs of what the readers look for: a regular expression that starts anew at each takes 15 seconds. */
import { importRsaSigningKey, parseDhParameters } from '@isoauth/core-crypto'
import { importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import { quickest } from '../../../tests/support/quickest.ts'

const CHARACTERS = [...'=\\\n -:0fA./{"', '\u00a0', '\u200b', '\u2028', '\0', 'ÿ', '\ufffd']
const WORDS = [
  '\\n',
  '\\r',
  '-----BEGIN ',
  '-----END ',
  '-----BEGIN A-----',
  'prim: ',
  '"kty',
  '0x',
]
const STARTS = ['', 'x', 'ssh-', '{', '0x', '-----BEGIN PRIVATE KEY-----']

describe.each([...CHARACTERS, ...WORDS])('a run of %j', (unit) => {
  it.each(STARTS)('after %j', async (start) => {
    const run = start + unit.repeat(Math.floor(65_000 / unit.length))
    for (const input of [run, `${run}x`, `${run}-----END PRIVATE KEY-----`]) {
      for (const read of [importRsaSigningKey, importRsaDecryptionKey, parseDhParameters]) {
        const refused = async () => {
          const outcome = await (async () => read(input))().catch((thrown: unknown) => thrown)
          expect(outcome).toMatchObject({ code: expect.stringMatching(/^CRYPTO_/) })
        }
        expect(await quickest(1500, refused)).toBeLessThan(1500)
      }
    }
  })
})
