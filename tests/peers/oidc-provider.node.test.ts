/**
 * A real authorization server, panva's `oidc-provider`: it knows our client by its public key and issues
 * tokens by private_key_jwt.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createIbkrOAuth2,
  prepareTokenRequest,
  processTokenResponse,
  type TokenRequestOptions,
} from '@isoauth/ibkr-oauth2'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import vectors from '../../vectors/ibkr-oauth2.json' with { type: 'json' }
import { rejection } from './support.ts'

const { privateJwk, pkcs8Pem } = vectors.keys.main3072
const { kty, n, e } = privateJwk
const server = createServer()
let options: TokenRequestOptions & { readonly baseUrl: string }

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'ExampleAdvisor-TEST',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS256',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        jwks: { keys: [{ kty, n, e, kid: 'main', alg: 'RS256', use: 'sig' }] },
      },
    ],
    scopes: ['echo.read', 'echo.write'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
    },
    ttl: { ClientCredentials: 599 },
    clientAuthMethods: ['private_key_jwt'],
  })
  server.on('request', provider.callback())
  options = {
    clientId: 'ExampleAdvisor-TEST',
    keyId: 'main',
    privateKey: pkcs8Pem,
    scope: 'echo.read echo.write',
    audience: issuer,
    baseUrl: issuer,
    tokenPath: '/token',
    includeJti: true,
  }
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('issues a token to the client, which asks once', async () => {
  let calls = 0
  const fetch: typeof globalThis.fetch = (...sent) => {
    calls++
    return globalThis.fetch(...sent)
  }
  const client = createIbkrOAuth2({ ...options, fetch })
  const before = Date.now()
  const [token, same] = await Promise.all([client.accessToken(), client.accessToken()])
  expect(same).toBe(token)
  expect(calls).toBe(1)
  expect(token.scope).toBe('echo.read echo.write')
  expect(token.expiresAtMs - before).toBeGreaterThan(590_000)
  expect(token.expiresAtMs - before).toBeLessThan(600_000)
  const introspection = await globalThis.fetch(`${options.baseUrl}/token/introspection`, {
    method: 'POST',
    body: new URLSearchParams({
      token: token.value,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await client.clientAssertion(),
    }),
  })
  expect(await introspection.json()).toMatchObject({
    active: true,
    client_id: 'ExampleAdvisor-TEST',
    scope: 'echo.read echo.write',
  })
})

it('refuses an assertion that is sent again, and a fresh one works', async () => {
  const { request, pending } = await prepareTokenRequest(options)
  const again = request.clone()
  expect((await processTokenResponse(await fetch(request), pending)).value).not.toBe('')
  const error = await rejection(processTokenResponse(await fetch(again), pending))
  expect(error).toMatchObject({
    code: 'IBKR_OAUTH2_ASSERTION_REFUSED',
    status: 401,
    oauthError: 'invalid_client',
    detail: expect.any(String),
  })
  expect((await createIbkrOAuth2(options).accessToken()).value).not.toBe('')
})

it.each([
  ['another audience', { audience: '/token' }],
  ['another key', { privateKey: vectors.keys.next4096.pkcs8Pem }],
])('refuses %s', async (_, change) => {
  const client = createIbkrOAuth2({ ...options, ...change })
  expect(await rejection(client.accessToken())).toMatchObject({
    code: 'IBKR_OAUTH2_ASSERTION_REFUSED',
    oauthError: 'invalid_client',
  })
})

it('repairs a clock that is ten minutes behind with one extra request', async () => {
  // This server takes an `iat` of the future, so that a clock that is ahead does no harm.
  let calls = 0
  const fetch: typeof globalThis.fetch = (...sent) => {
    calls++
    return globalThis.fetch(...sent)
  }
  const now = () => Date.now() - 600_000
  const client = createIbkrOAuth2({ ...options, fetch, now })
  expect((await client.accessToken()).value).not.toBe('')
  expect(calls).toBe(2)
})
