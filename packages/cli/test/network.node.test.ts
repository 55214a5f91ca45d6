/** Which errors are those of a connection. */
import { readFile } from 'node:fs/promises'
import { CryptoError } from '@isoauth/core-crypto'
import { expect, it } from 'vitest'
import { describeError } from '../src/internal/describe-error.ts'
import { networkCode } from '../src/internal/network.ts'

it.each<[string, unknown, string | undefined]>([
  ['of Node', new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }), 'ENOTFOUND'],
  ['of Bun', { code: 'ConnectionRefused', path: 'http://127.0.0.1:1/' }, 'ConnectionRefused'],
  ['of a browser-like fetch', new TypeError('fetch failed'), 'NETWORK'],
  ['of a file', { code: 'ENOENT', syscall: 'open', path: '/gone/package.json' }, undefined],
  [
    'of a file below a cause',
    new Error('x', { cause: { code: 'EACCES', path: 'a.pem' } }),
    undefined,
  ],
  ['of ours', new CryptoError('x', { code: 'CRYPTO_KEY_PUBLIC' }), undefined],
])('an error %s', (_, error, code) => {
  expect(networkCode(error)).toBe(code)
})

it('a file that is gone is no connection that failed', async () => {
  const error = await readFile('/no/such/file').catch((reason: unknown) => reason)
  expect(describeError(error).message).not.toMatch(/connection|No answer/)
})
