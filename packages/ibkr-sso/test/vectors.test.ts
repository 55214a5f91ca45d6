/** The known answers: signed bodies, requests and answers, byte for byte. */
import {
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  processBrowserSessionResponse,
  processSsoSessionResponse,
} from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import { failure, signer, user } from './support.ts'
import { NOW_MS, responsesOf, vectors } from './vectors.ts'

/** The vectors' client with the vectors' access token. */
const oauth2 = {
  accessToken: async () => ({ value: 'test-access-token' }),
  signJwt: signer.signJwt,
}
const base = { oauth2, now: () => NOW_MS }

it('has the entries it should', () => {
  const { ssoSessionBodies, ssoBrowserSessionBodies, gatewayRequests } = vectors
  const groups = [ssoSessionBodies, ssoBrowserSessionBodies, gatewayRequests]
  expect(groups.map((group) => group.length)).toEqual([5, 2, 3])
})

describe.each([
  ...vectors.ssoSessionBodies.map((vector) => ({ ...vector, prepare: prepareSsoSessionRequest })),
  ...vectors.ssoBrowserSessionBodies.map((vector) => ({
    ...vector,
    prepare: prepareBrowserSessionRequest,
  })),
])('$id', ({ inputs, jws, prepare }) => {
  it('is the body of the request that is prepared', async () => {
    const { expOffset, credential, ip, alternativeIps, service } = inputs
    const options = { credential, ip, alternativeIps, service, expiresInSeconds: expOffset }
    const { request } = await prepare({ ...base, ...options })
    expect(await request.text()).toBe(jws)
  })
})

describe.each(vectors.gatewayRequests.filter(({ url }) => url.includes('/sso-')))(
  '$id',
  ({ method, url, headers, body, bodyLength }) => {
    it('is the request that is prepared', async () => {
      const prepare = url.endsWith('/sso-sessions')
        ? prepareSsoSessionRequest
        : prepareBrowserSessionRequest
      const { request } = await prepare({ ...base, credential: 'exampleuser1', ip: '203.0.113.10' })
      expect(request).toMatchObject({ method, url })
      for (const [name, value] of Object.entries(headers)) {
        expect(request.headers.get(name)).toBe(value)
      }
      const text = await request.text()
      expect(text).toBe(body)
      expect(text).toHaveLength(bodyLength)
    })
  },
)

describe.each([...responsesOf('sso-sessions'), ...responsesOf('sso-browser-sessions')])(
  '$id',
  ({ call, status, contentType, body, expect: wanted }) => {
    it('is read as expected', async () => {
      const response = new Response(body, { status, headers: { 'content-type': contentType } })
      if (call === 'sso-browser-sessions') {
        const linkHosts = ['example.test']
        const { pending } = await prepareBrowserSessionRequest({ ...base, ...user, linkHosts })
        const { url, expiresAtMs } = await processBrowserSessionResponse(response, pending)
        expect(url.href).toBe(wanted.url)
        expect(expiresAtMs).toBe(NOW_MS + 50_000)
        return
      }
      const { pending } = await prepareSsoSessionRequest({ ...base, ...user })
      if (wanted.ok) {
        const { value, expiresAtMs } = await processSsoSessionResponse(response, pending)
        expect(value).toBe(wanted.accessToken)
        expect(expiresAtMs).toBe(NOW_MS + 86_400_000)
        return
      }
      const error = await failure(() => processSsoSessionResponse(response, pending))
      expect(error['code']).toMatch(/^IBKR_SSO_/)
      expect(error['status']).toBe(status)
      expect(error['title']).toBe(wanted.problem?.title)
      expect(error['detail']).toBe(wanted.problem?.detail)
      expect(error['invalidArguments']).toEqual(wanted.invalidArguments)
    })
  },
)
