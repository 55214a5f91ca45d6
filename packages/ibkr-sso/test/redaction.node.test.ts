/** Every secret of every call for itself, bare: dropping one from a list of secrets must fail here. */
import { describe, expect, it } from 'vitest'
import { everythingOf } from '../../../tests/support/index.ts'
import { type Call, failure, json, setUp, signer, user } from './support.ts'

const ACCESS = 'mR7-Access-Kq29-Vz'
const oauth2 = { accessToken: async () => ({ value: ACCESS }), signJwt: signer.signJwt }

const SECRETS: ReadonlyArray<[what: string, secret: (sent: Call) => string]> = [
  ['the access token', () => ACCESS],
  // The end of a signature: nothing in it looks like a JWS.
  ['the signed body', ({ body }) => body.slice(-24)],
]

describe.each(['createSession', 'createBrowserSession'] as const)('%s', (name) => {
  it.each(SECRETS)('no error repeats %s', async (_, secretOf) => {
    let secret = ''
    const { sso } = setUp({ oauth2 }, (sent) => {
      secret = secretOf(sent)
      return json(400, {
        title: 'Bad Request',
        detail: `got ${secret.toUpperCase()} and ${secret}`,
      })
    })
    const text = everythingOf(await failure(() => sso[name](user)))
    expect(secret).toMatch(/^[\w-]{17,24}$/)
    expect(text).toContain('Bad Request')
    expect(text.toLowerCase()).not.toContain(secret.slice(0, 12).toLowerCase())
  })
})
