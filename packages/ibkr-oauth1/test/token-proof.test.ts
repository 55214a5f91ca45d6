/** The server's proof as text: 40 hex digits that fit the token, and nothing beside them. */
import { bytesToHex, hmacSha1 } from '@isoauth/core-crypto'
import { verifyLiveSessionToken } from '@isoauth/ibkr-oauth1/signing'
import { expect, it } from 'vitest'

const token = new Uint8Array(20).fill(7)
const consumerKey = 'QWERTYUIO'
const proof = bytesToHex(hmacSha1(token, consumerKey))
const verify = (signature: unknown) =>
  verifyLiveSessionToken({ token, consumerKey, signature: signature as string })

it('takes the proof in either case', () => {
  expect([verify(proof), verify(proof.toUpperCase())]).toEqual([true, true])
})

it.each([
  ['nothing', ''],
  ['no hex', 'no hex'],
  ['as many letters that are no hex', 'g'.repeat(40)],
  ['a digit too few', proof.slice(1)],
  ['a tail', `${proof}0`],
  ['a tail that is no hex', `${proof}x`],
  ['a line break behind', `${proof}\n`],
  ['a blank before', ` ${proof}`],
  ['0x before', `0x${proof}`],
  ['another digit', proof.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
  ['no text', 5],
  ['undefined', undefined],
])('is false for %s', (_, signature) => {
  expect(verify(signature)).toBe(false)
})
