/** In a browser a failed connection names CORS, which the platform does not; elsewhere it does not. */
import { afterEach, expect, it, vi } from 'vitest'
import { withoutContent } from '../src/internal/errors.ts'
import { describeFailedConnection } from '../src/internal/foreign-fetch.ts'

const coded = (code?: string) => withoutContent(Object.assign(new Error('failed'), { code }))

afterEach(() => {
  vi.unstubAllGlobals()
})

it.each([
  ['Node.js/20', false],
  ['Cloudflare-Workers', false],
  ['Mozilla/5.0 (X11; Linux x86_64)', true],
])('%s', (userAgent, isNamed) => {
  vi.stubGlobal('navigator', { userAgent })
  expect(/CORS.*proxy.*baseUrl.*that proxy already/.test(describeFailedConnection(coded()))).toBe(
    isNamed,
  )
})

it.each([
  ['ECONNREFUSED', 'nothing listens there. Check baseUrl'],
  ['ENOTFOUND', 'the host has no address. Check baseUrl'],
  ['EAI_AGAIN', 'the host has no address. Check baseUrl'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no answer comes from there; where a proxy is needed, NODE_USE_ENV'],
  ['ETIMEDOUT', 'no answer comes from there; where a proxy is needed'],
  ['ENETUNREACH', 'no answer comes from there; where a proxy is needed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not accepted; where a proxy signs'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not accepted; where a proxy signs'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is not accepted; where a proxy signs'],
  ['CERT_HAS_EXPIRED', 'its certificate is not accepted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is not accepted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS is spoken there: http or https, and the port'],
  ['EPROTO', 'no TLS is spoken there: http or https, and the port'],
  [
    'ERR_ACCESS_DENIED',
    'this program may not reach it: the permission --allow-net of Node or Deno',
  ],
  ['ECONNRESET', 'the network, a proxy or a certificate. Check baseUrl'],
])('outside of a browser %s is told with what to look at', (code, words) => {
  const message = describeFailedConnection(coded(code))
  expect(message).toContain(`The connection failed (${code}): `)
  expect(message).toContain(words)
})

it('what Deno refuses without --allow-net, which has a name and no code, is told as that', () => {
  const refused = Object.assign(new Error('Requires net access'), { name: 'NotCapable' })
  expect(describeFailedConnection(withoutContent(refused))).toBe(
    'The connection failed: this program may not reach it: the permission --allow-net of Node or Deno is missing. Check baseUrl and the network.',
  )
})

it('a failure without a code is told without one', () => {
  expect(describeFailedConnection(coded())).toMatch(/^The connection failed: the network/)
})
