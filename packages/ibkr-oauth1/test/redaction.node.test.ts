/** Every secret of the handshake for itself, bare, raw and escaped: dropping one from a list of secrets must fail here. */
import { expect, it } from 'vitest'
import { everythingOf } from '../../../tests/support/index.ts'
import { rejection, setUp } from './support.ts'

/** A token of which no eight characters in a row are the same raw and escaped. */
const ACCESS = 'mR7+x/Kq+2'

it.each([
  ['the access token', () => ACCESS],
  ['the access token, escaped', () => encodeURIComponent(ACCESS)],
  ['the signature', (header: string) => decodeURIComponent(signatureIn(header))],
  ['the signature, escaped', signatureIn],
])('no error repeats %s', async (_, secretOf: (header: string) => string) => {
  let secret = ''
  const { another } = await setUp()
  const client = another({
    accessToken: ACCESS,
    fetch: (async (_url: string, init: { readonly headers: Headers }) => {
      secret = secretOf(init.headers.get('authorization') ?? '')
      return Response.json({ error: `got ${secret.toUpperCase()} and ${secret}` }, { status: 403 })
    }) as never,
  })
  const error = await rejection(client.liveSessionToken())
  expect(error).toMatchObject({ code: 'IBKR_OAUTH1_REFUSED', status: 403 })
  expect(secret.length).toBeGreaterThan(9)
  expect(everythingOf(error).toLowerCase()).not.toContain(secret.slice(0, 10).toLowerCase())
})

function signatureIn(header: string): string {
  return /oauth_signature="([^"]+)"/.exec(header)?.[1] ?? ''
}
