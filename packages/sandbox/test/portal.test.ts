import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import file from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { authorize, publicPem, rsaSigner, TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
const portal = `${origin}/portal`
let sandbox: Sandbox
let fields: Record<string, string>

beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
  const { signatureKey, encryptionKey } = sandbox.credentials.ibkr.oauth1
  fields = {
    consumerKey: 'abcdefghi',
    signaturePublicKey: await publicPem(signatureKey),
    encryptionPublicKey: await publicPem(encryptionKey),
    dhParameters: file.dhGroups.openssl.pem,
  }
})

const postJson = (body: unknown) =>
  sandbox.fetch(portal, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const postForm = (body: Record<string, string>) =>
  sandbox.fetch(portal, { method: 'POST', body: new URLSearchParams(body) })

async function formToken(): Promise<string> {
  const text = await (await sandbox.fetch(portal)).text()
  return /name="form_token" value="([0-9a-f]{32})"/.exec(text)?.[1] ?? ''
}

describe('registration', () => {
  it('gives a program what a handshake needs, on its own DH group', async () => {
    const response = await postJson(fields)
    const body = await response.json()
    expect([response.status, Object.keys(body)]).toEqual([
      201,
      ['baseUrl', 'consumerKey', 'realm', 'accessToken', 'accessTokenSecret'],
    ])
    expect(body.consumerKey).toBe('ABCDEFGHI')
    const client = new TestClient(
      {
        ...sandbox.credentials.ibkr.oauth1,
        ...body,
        dhPrime: file.dhGroups.openssl.primeHex,
      },
      sandbox.fetch,
    )
    await client.handshake()
    expect((await client.call('/tickle')).status).toBe(200)
    expect((await postJson(fields)).status).toBe(400)
  })

  it('gives a person the same on a page', async () => {
    const page = await (await sandbox.fetch(portal)).text()
    for (const name of ['consumerKey', 'signaturePublicKey', 'dhParameters', 'callback']) {
      expect(page).toContain(`<label for="${name}">`)
    }
    const form_token = await formToken()
    const response = await postForm({ ...fields, consumerKey: 'PAGEPAGEP', form_token })
    expect(response.status).toBe(201)
    expect(await response.text()).toMatch(/<dd id="accessToken">SANDBOX[0-9a-f]{13}<\/dd>/)
    expect((await postForm({ ...fields, consumerKey: 'AGAINAGAI', form_token })).status).toBe(403)
    const wrong = await postForm({ ...fields, consumerKey: 'x', form_token: await formToken() })
    expect([wrong.status, await wrong.text()]).toEqual([
      400,
      expect.stringContaining('role="alert"'),
    ])
  })

  it('takes files of keys in the place of texts', async () => {
    // Written out, since WebKit does not read the body of a form with files that no network carried.
    const boundary = 'files-of-keys'
    const part = (name: string, value: string, about = '') =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${about}\r\n\r\n${value}\r\n`
    const parts = [part('form_token', await formToken()), part('consumerKey', 'FILESFILE')]
    for (const name of ['signaturePublicKey', 'encryptionPublicKey', 'dhParameters']) {
      // What a browser sends of a form: the text left empty, or another one; the file counts.
      parts.push(part(name, name === 'dhParameters' ? 'not this' : ''))
      const about = `; filename="${name}.pem"\r\nContent-Type: application/octet-stream`
      parts.push(part(`${name}File`, fields[name] ?? '', about))
    }
    const response = await sandbox.fetch(portal, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: `${parts.join('')}${part('callback', '')}--${boundary}--\r\n`,
    })
    expect([response.status, await response.text()]).toEqual([
      201,
      expect.stringContaining('<dd id="consumerKey">FILESFILE</dd>'),
    ])
  })

  it('makes a third party of whoever gives a callback', async () => {
    const callback = 'http://localhost:3000/cb'
    const response = await postJson({ ...fields, consumerKey: 'THIRDPART', callback })
    expect(await response.json()).toEqual({
      baseUrl: `${origin}/v1/api`,
      consumerKey: 'THIRDPART',
      realm: 'limited_poa',
      callback,
    })
  })

  it('shows the verifier on the page to a third party registered with oob', async () => {
    await postJson({ ...fields, consumerKey: 'OOBOOBOOB', callback: 'oob' })
    const url = `${origin}/v1/api/oauth/request_token`
    const { header } = await authorize(
      { consumerKey: 'OOBOOBOOB', realm: 'limited_poa' },
      { method: 'POST', url, parameters: { oauth_callback: 'oob' } },
      'RSA-SHA256',
      await rsaSigner(sandbox.credentials.ibkr.oauth1.signatureKey),
    )
    const asked = await sandbox.fetch(url, { method: 'POST', headers: { authorization: header } })
    const { oauth_token } = await asked.json()
    const page = await sandbox.fetch(`${origin}/authorize?oauth_token=${oauth_token}`)
    const form_token = /name="form_token" value="(\w+)"/.exec(await page.text())?.[1] ?? ''
    const approved = await sandbox.fetch(`${origin}/authorize`, {
      method: 'POST',
      body: new URLSearchParams({ oauth_token, form_token, decision: 'approve' }),
    })
    expect(await approved.text()).toMatch(/<output id="verifier">[0-9a-f]{20}<\/output>/)
  })
})

describe('registration is refused', () => {
  const unsafePrime = file.dhGroups.openssl.pem.replace('MIIBCAKCAQEAkV1/', 'MIIBCAKCAQEAkV1+')

  it.each<[string, string, () => string, RegExp]>([
    [
      'a private signature key',
      'signaturePublicKey',
      () => file.keys.signature.pkcs8Pem,
      /PRIVATE key/,
    ],
    [
      'a private encryption key',
      'encryptionPublicKey',
      () => file.keys.encryption.pkcs1Pem,
      /PRIVATE key/,
    ],
    [
      'a private key in the wrong field',
      'dhParameters',
      () => file.keys.encryption.pkcs8Pem,
      /PRIVATE key/,
    ],
    ['a short consumer key', 'consumerKey', () => 'ABC', /nine letters/],
    ['a consumer key with a blank', 'consumerKey', () => 'ABCDEFGH ', /nine letters/],
    ['no PEM', 'signaturePublicKey', () => 'hello', /PEM/],
    [
      'broken PEM',
      'signaturePublicKey',
      () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      /not an RSA/,
    ],
    [
      'a certificate',
      'signaturePublicKey',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /CERTIFICATE/,
    ],
    [
      'the same key twice',
      'encryptionPublicKey',
      () => fields['signaturePublicKey'] ?? '',
      /differ/,
    ],
    [
      'a key as DH parameters',
      'dhParameters',
      () => fields['signaturePublicKey'] ?? '',
      /not DH parameters/,
    ],
    ['a composite modulus', 'dhParameters', () => unsafePrime, /not prime/],
    ['a plain http callback', 'callback', () => 'http://app.example.com/', /https/],
    ['a host like localhost', 'callback', () => 'http://localhost.example.com/', /https/],
    ['a host like an address', 'callback', () => 'http://127.evil.example/', /https/],
  ])('%s', async (_name, field, text, problem) => {
    const response = await postJson({ ...fields, consumerKey: 'REFUSEDXX', [field]: text() })
    const body = await response.json()
    expect([response.status, body.field]).toEqual([400, field])
    expect(body.error).toMatch(problem)
    expect(sandbox.requests.at(-1)?.refused).toMatch(/^registration: /)
  })

  for (const field of [
    'consumerKey',
    'signaturePublicKey',
    'encryptionPublicKey',
    'dhParameters',
    'callback',
  ]) {
    it(`a private key in the field ${field}, before anything else is looked at`, async () => {
      for (const secret of [
        file.keys.signature.pkcs8Pem,
        file.keys.signature.pkcs1Pem,
        '{"kty":"RSA","d" : "AQAB"}',
        '{"p":"AQAB"}',
        '{"q":"AQAB"}',
      ]) {
        const response = await postJson({ [field]: secret })
        expect([response.status, await response.json()]).toEqual([
          400,
          { field, error: expect.stringMatching(/PRIVATE key/) },
        ])
      }
    })

    if (field === 'callback') continue
    it(`nothing in the field ${field}`, async () => {
      const all: Record<string, string> = { ...fields, consumerKey: 'MISSINGXX' }
      for (const value of [undefined, '', 5, null, ['x'], { x: 1 }]) {
        const response = await postJson({ ...all, [field]: value })
        expect([value, response.status, (await response.json()).field]).toEqual([value, 400, field])
      }
    })
  }

  it('and a private key is never shown or kept', async () => {
    const secret = file.keys.signature.pkcs8Pem.slice(60, 120)
    const response = await postForm({
      ...fields,
      signaturePublicKey: file.keys.signature.pkcs8Pem,
      form_token: await formToken(),
    })
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain(secret)
    expect(JSON.stringify(sandbox.requests)).not.toContain(secret)
  })

  it.each([
    ['what is no multipart body, though it says so', 'multipart/form-data; boundary=x', 'a=b', 400],
    ['multipart without a boundary', 'multipart/form-data', 'a=b', 400],
    [
      'a multipart body of a thousand fields',
      'multipart/form-data; boundary=x',
      `${'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(1000)}--x--\r\n`,
      413,
    ],
  ])('%s', async (_, type, body, status) => {
    const init = { method: 'POST', headers: { 'content-type': type }, body }
    expect((await sandbox.fetch(portal, init)).status).toBe(status)
  })

  it('what is no JSON object', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await sandbox.fetch(portal, { method: 'POST', headers, body: '{' })).status).toBe(400)
    expect((await postJson(null)).status).toBe(400)
    expect((await sandbox.fetch(portal, { method: 'PUT' })).status).toBe(405)
  })
})

it('reads a key in the RSA PUBLIC KEY form', async () => {
  // The SubjectPublicKeyInfo of a 2048-bit key holds the PKCS#1 form from byte 24 on.
  const spki = atob((fields['signaturePublicKey'] ?? '').replaceAll(/-----[^-]+-----|\s/g, ''))
  const pem = `-----BEGIN RSA PUBLIC KEY-----\n${btoa(spki.slice(24))}\n-----END RSA PUBLIC KEY-----`
  const response = await postJson({ ...fields, consumerKey: 'PKCSONEPK', signaturePublicKey: pem })
  expect(response.status).toBe(201)
})
