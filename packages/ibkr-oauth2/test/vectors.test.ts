/** The known answers: assertions, signed bodies, token requests, keys and answers, byte for byte. */
import { base64ToBytes } from '@isoauth/core-crypto'
import { createIbkrOAuth2, prepareTokenRequest, processTokenResponse } from '@isoauth/ibkr-oauth2'
import { importSPKI, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { importSigner, type JwsHeader } from '../src/internal/signing-key.ts'
import { assertionOf, credentials, failure, json, setUp, token } from './support.ts'
import { byId, keys, NOW_MS, vectors } from './vectors.ts'

const HEADER = '{"alg":"RS256","typ":"JWT","kid":'

it('has the entries it should', () => {
  const groups = Object.values(vectors).filter(Array.isArray)
  expect(groups.map((group) => group.length)).toEqual([9, 5, 2, 1, 3, 3, 7, 10, 12])
})

/** The platform's signature over an input, as a key in a KMS would give it. */
async function signElsewhere(key: 'main3072' | 'next4096') {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const jwk = keys[key].privateJwk as JsonWebKey
  const imported = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
  return async (data: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(algorithm.name, imported, data.slice()))
}

describe.each([
  ...vectors.clientAssertions,
  ...vectors.ssoSessionBodies,
  ...vectors.ssoBrowserSessionBodies,
  ...vectors.echoBodies,
])('the assembly of $id', ({ key, headerJson, claimsJson, jws, signingInput }) => {
  it('is the same with a key of jose and with a function that signs', async () => {
    expect(jws.startsWith(`${signingInput}.`)).toBe(true)
    const header = JSON.parse(headerJson) as JwsHeader
    for (const input of [keys[key].pkcs8Pem, await signElsewhere(key as 'main3072')]) {
      const sign = await importSigner(input, false)
      expect(await sign(header, claimsJson)).toBe(jws)
    }
  })
})

const standard = vectors.clientAssertions.filter(({ headerJson }) => headerJson.startsWith(HEADER))

describe.each(standard)('$id', ({ key, inputs, jws }) => {
  const { clientId, kid, audience, expOffset, jti, serverDate } = inputs
  const options = {
    ...credentials,
    clientId,
    keyId: kid,
    privateKey: keys[key].pkcs8Pem,
    audience,
    assertionLifetimeSeconds: expOffset,
  }
  it('is the assertion of the request pair or of a client that learned the offset', async () => {
    if (serverDate === undefined) {
      const { request } = await prepareTokenRequest({ ...options, jti, now: () => NOW_MS })
      const call = { body: await request.text() } as never
      expect(assertionOf(call)).toBe(jws)
      return
    }
    const { client, tokenCalls } = setUp(options, (_, count) =>
      count === 1 ? json(400, {}, { date: serverDate }) : token(count),
    )
    await client.accessToken()
    expect(tokenCalls.map(assertionOf)[1]).toBe(jws)
    expect(await client.clientAssertion()).toBe(jws)
  })
})

describe.each(vectors.echoBodies)('$id', ({ inputs, jws }) => {
  it('is what signJwt gives', async () => {
    const client = createIbkrOAuth2({ ...credentials, now: () => NOW_MS })
    expect(await client.signJwt({}, { expiresInSeconds: inputs.expOffset })).toBe(jws)
  })
})

describe.each(vectors.tokenRequests)('$id', (vector) => {
  it('is the request that is prepared', async () => {
    const form = new Map(vector.formPairs)
    const { request } = await prepareTokenRequest({
      ...credentials,
      scope: form.get('scope') ?? '',
      includeClientId: form.has('client_id'),
      now: () => NOW_MS,
    })
    expect(request.method).toBe(vector.method)
    expect(request.url).toBe(vector.url)
    for (const [name, value] of Object.entries(vector.headers)) {
      expect(request.headers.get(name)).toBe(value)
    }
    const body = await request.text()
    expect(body).toBe(vector.body)
    expect(body).toHaveLength(vector.bodyLength)
    expect([...new URLSearchParams(body)]).toEqual(vector.formPairs)
  })
})

it('sends the vector’s signed echo', async () => {
  const vector = byId(vectors.gatewayRequests, 'post-echo-signed-jwt')
  const { client, gatewayCalls } = setUp({}, () => token(1, { access_token: 'test-access-token' }))
  await client.echoSignedJwt()
  const [call] = gatewayCalls
  expect(call).toMatchObject({ method: vector.method, url: vector.url, body: vector.body })
  for (const [name, value] of Object.entries(vector.headers)) {
    expect(call?.headers.get(name)).toBe(value)
  }
})

describe.each(vectors.invalidJws)('$id', ({ jws }) => {
  it('is refused by a verifier with the public key, which takes the good one', async () => {
    const publicKey = await importSPKI(keys.main3072.spkiPem, 'RS256')
    const options = { algorithms: ['RS256'], currentDate: new Date(NOW_MS) }
    const good = byId(vectors.clientAssertions, 'assertion-default').jws
    await jwtVerify(good, publicKey, options)
    expect((await failure(() => jwtVerify(jws, publicKey, options)))['code']).toMatch(/^ERR_J/)
  })
})

describe.each(vectors.pemForms)('$id', ({ pem, accept, spkiSha256Hex }) => {
  it(accept ? 'imports to the key' : 'is refused by name, and nothing of it is shown', async () => {
    const options = { ...credentials, privateKey: pem, now: () => NOW_MS }
    const make = async () => createIbkrOAuth2(options).clientAssertion()
    if (accept) {
      expect(spkiSha256Hex).toBe(keys.main3072.spkiSha256Hex)
      expect(await make()).toBe(byId(vectors.clientAssertions, 'assertion-default').jws)
      return
    }
    const error = await failure(make)
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option: 'privateKey' })
    const line = pem.split('\n')[1] ?? ''
    if (line !== '') expect(`${error['stack']}`).not.toContain(line)
  })
})

it('says that the weak key is too weak, unless a test allows it', async () => {
  const options = { ...credentials, privateKey: keys.weak2048.pkcs8Pem }
  const error = await failure(() => createIbkrOAuth2(options).clientAssertion())
  expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option: 'privateKey' })
  expect(error['message']).toMatch(/3072 bits or more.*the key has 2048 bits/)
  const allowed = createIbkrOAuth2({ ...options, allowWeakKey: true })
  expect((await allowed.clientAssertion()).split('.')).toHaveLength(3)
})

describe.each(vectors.responses.filter(({ call }) => call === 'token'))('$id', (vector) => {
  const { status, contentType, body, expect: wanted } = vector
  it('is read as expected', async () => {
    const { pending } = await prepareTokenRequest({ ...credentials, now: () => NOW_MS })
    const headers = { 'content-type': contentType }
    const read = () => processTokenResponse(new Response(body, { status, headers }), pending)
    if (wanted.ok) {
      const { value, expiresAtMs, scope } = await read()
      expect(value).toBe(wanted.accessToken)
      expect(expiresAtMs).toBe(NOW_MS + (wanted.expiresIn ?? 300) * 1000)
      expect(scope).toBe((wanted.scopes ?? ['echo.read', 'echo.write']).join(' '))
      return
    }
    const error = await failure(read)
    expect(error['code']).toMatch(/^IBKR_OAUTH2_/)
    expect(error['status']).toBe(status)
    expect(error['title']).toBe(wanted.problem?.title)
    expect(error['oauthError']).toBe(wanted.oauthError)
    expect(error['detail']).toBe(wanted.problem?.detail ?? wanted.oauthErrorDescription)
  })
})

it('reads the key in every form', async () => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = (pem: string) => base64ToBytes(pem.replace(/-----.*?-----/g, ''))
  const { pkcs8Pem, pkcs1Pem, privateJwk } = keys.main3072
  const pkcs8 = der(pkcs8Pem)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const forms = [
    pkcs8Pem,
    pkcs1Pem,
    pkcs8,
    der(pkcs1Pem),
    new TextEncoder().encode(pkcs1Pem),
    privateJwk,
    key,
    await signElsewhere('main3072'),
  ]
  const made = new Set<string>()
  for (const privateKey of forms) {
    const options = { ...credentials, privateKey: privateKey as never, now: () => NOW_MS }
    made.add(await createIbkrOAuth2(options).clientAssertion())
  }
  expect([...made]).toEqual([byId(vectors.clientAssertions, 'assertion-default').jws])
})
