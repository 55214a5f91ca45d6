/** Bytes made in another realm (a frame, a `vm` context, a test runner) are bytes. */
import { runInNewContext } from 'node:vm'
import { createIbkrOAuth1, hasCode } from '@isoauth/ibkr-oauth1'
import {
  computeLiveSessionToken,
  createRequestSigner,
  verifyLiveSessionToken,
} from '@isoauth/ibkr-oauth1/signing'
import { expect, it } from 'vitest'
import { decrypted } from './support.ts'

const bytes = runInNewContext('new Uint8Array(20).fill(7)') as Uint8Array

it('is another realm', () => {
  expect(bytes).not.toBeInstanceOf(Uint8Array)
})

it('gives a decrypted secret', () => {
  const options = { ...decrypted, decryptedAccessTokenSecret: bytes }
  expect(() => createIbkrOAuth1(options)).not.toThrow()
})

it('gives a token to be replaced', async () => {
  const down = new Error('down')
  const fetch = async () => Promise.reject(down)
  const client = createIbkrOAuth1({ ...decrypted, fetch })
  const error = await client.liveSessionToken({ replacing: bytes }).catch((thrown) => thrown)
  expect(hasCode(error, 'IBKR_OAUTH1_NETWORK')).toBe(true)
})

it('gives secrets and tokens to the pure functions', () => {
  const about = { consumerKey: 'TESTCONS', accessToken: 'a1' }
  expect(() => createRequestSigner({ ...about, liveSessionToken: bytes })).not.toThrow()
  const token = computeLiveSessionToken({ sharedSecret: 5n, accessTokenSecret: bytes })
  expect(token).toHaveLength(20)
  const proof = { token: bytes, signature: '0'.repeat(40), consumerKey: 'TESTCONS' }
  expect(verifyLiveSessionToken(proof)).toBe(false)
})
