import type { RequestToInspect, ServerKnowledge } from '@isoauth/cli/inspect'
import { firstDifference, inspect, readRequests } from '@isoauth/cli/inspect'
import { bytesToBase64, bytesToHex, hexToBytes, signRsaSha256 } from '@isoauth/core-crypto'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import type { HandshakeSession } from '../../../apps/demo-web/src/page/handshake/handshake.ts'
import { createRunner } from '../../../apps/demo-web/src/page/handshake/runner.ts'
import { EXAMPLES } from '../../../apps/demo-web/src/page/inspector/examples.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

let sandbox: Sandbox
let session: HandshakeSession
let knowledge: ServerKnowledge

beforeAll(async () => {
  const origin = 'http://127.0.0.1:8787'
  sandbox = await createSandbox({ origin, credentials: testCredentials })
  const runner = createRunner({ origin, fetch: sandbox.fetch, mistake: 'none' })
  while (runner.next) await runner.run()
  session = runner.session as HandshakeSession
  const { keys, secret, liveSessionToken, registration } = session
  knowledge = {
    prefix: bytesToHex(secret),
    signatureKey: keys.signature.publicKeyPem,
    encryptionKey: keys.encryption.publicKeyPem,
    liveSessionToken: bytesToBase64(liveSessionToken),
    consumerKey: registration.consumerKey,
  }
})

const FAULTS = EXAMPLES.filter(({ id }) => id !== '')
const RIGHT = EXAMPLES.filter(({ id }) => id === '')
const [HMAC, RSA] = RIGHT

/** What is wrong with these is not what was signed. */
const SIGNED_RIGHT = new Set([
  ...['signature-raw', 'signature-escaped-twice', 'signature-line-breaks', 'consumer-key-case'],
  ...['timestamp-milliseconds', 'clock-off'],
])

const example = (id: string) => {
  const found = EXAMPLES.find((entry) => entry.id === id)
  if (found === undefined) throw new Error(`no example ${id}`)
  return found.make(session, Date.now())
}

function send({ method, url, authorization, body }: RequestToInspect): Promise<Response> {
  return sandbox.fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  })
}

describe('the inspector, with the server’s keys', () => {
  it.each(RIGHT)('finds nothing in: $title', async ({ make }) => {
    const request = await make(session, Date.now())
    expect(await inspect(request, knowledge)).toMatchObject({
      verdict: 'accepted',
      signature: 'matches',
      findings: [],
    })
    // Judged by the sandbox, not only by the inspector.
    expect((await send(request)).status).toBe(200)
  })

  it.each(FAULTS)('finds $id', async ({ id, make }) => {
    const request = await make(session, Date.now())
    const { verdict, findings, signature } = await inspect(request, knowledge)
    expect({ verdict, signature }).toEqual({
      verdict: 'refused',
      signature: SIGNED_RIGHT.has(id) ? 'matches' : 'differs',
    })
    expect(findings.map((finding) => finding.id)).toEqual([id])
    expect(findings[0]?.cause).not.toBe('')
    expect(findings[0]?.remedy).not.toBe('')
    expect((await send(request)).status, 'the sandbox refuses it too').toBeGreaterThanOrEqual(400)
  })

  it('covers ten of the usual mistakes and more', () => {
    expect(new Set(FAULTS.map(({ id }) => id)).size).toBeGreaterThanOrEqual(10)
  })

  it('takes the private signature key as well', async () => {
    const signatureKey = session.keys.signature.privateKeyPem
    const result = await inspect(await example('prefix-ampersand'), { ...knowledge, signatureKey })
    expect(result.findings[0]?.id).toBe('prefix-ampersand')
  })

  it('finds leading zero bytes of the secret that were lost', async () => {
    const prefix = `0000${bytesToHex(session.secret).slice(4)}`
    const right = await RSA?.make(session, Date.now())
    if (right === undefined) throw new Error('no example')
    const { baseString } = await inspect(right, { ...knowledge, prefix })
    const signed = baseString?.text.slice(4) ?? ''
    const signature = await signRsaSha256(session.keys.signature.privateKeyPem, signed)
    const authorization = right.authorization.replace(
      /oauth_signature="[^"]*"/,
      `oauth_signature="${encodeURIComponent(bytesToBase64(signature))}"`,
    )
    const result = await inspect({ ...right, authorization }, { ...knowledge, prefix })
    expect(result.findings.map(({ id }) => id)).toEqual(['prefix-zeros-lost'])
  })

  it('says that a key is another one, when nothing else explains it', async () => {
    const right = await HMAC?.make(session, Date.now())
    const other = { ...knowledge, liveSessionToken: bytesToBase64(new Uint8Array(20).fill(7)) }
    const { findings, verdict } = await inspect(right as RequestToInspect, other)
    expect(verdict).toBe('refused')
    expect(findings.map(({ id }) => id)).toEqual(['signature-differs'])
  })

  it('tells the key from the base string when the program says what it signed', async () => {
    const right = (await RSA?.make(session, Date.now())) as RequestToInspect
    const clientBaseString = (await inspect(right, knowledge)).baseString?.text as string
    const signatureKey = session.keys.encryption.publicKeyPem
    const wrong = { ...knowledge, signatureKey, encryptionKey: '', clientBaseString }
    expect((await inspect(right, wrong)).findings.map(({ id }) => id)).toEqual(['key-differs'])
  })

  it.each([
    ['is encrypted', 'ENCRYPTED PRIVATE KEY', 'by a pass phrase.', 'Decrypt it'],
    [
      "is in OpenSSH's form",
      'OPENSSH PRIVATE KEY',
      "a key in OpenSSH's own form.",
      'Convert a copy',
    ],
    ['is of another algorithm', 'EC PRIVATE KEY', 'not an RSA key of two primes', 'Give the RSA'],
    [
      'is a certificate',
      'CERTIFICATE',
      'a certificate or a certificate request.',
      'Give the private',
    ],
  ])('says of a whole block that %s what it is', async (_what, label, cause, remedy) => {
    const right = (await RSA?.make(session, Date.now())) as RequestToInspect
    const signatureKey = `-----BEGIN ${label}-----\nc2VjcmV0\n-----END ${label}-----\n`
    const { findings } = await inspect(right, { ...knowledge, signatureKey })
    expect(findings.map(({ id }) => id)).toEqual(['key-invalid'])
    expect(findings[0]?.cause).toMatch(/^The signature key cannot be used\. /)
    expect(findings[0]?.cause).toContain(cause)
    expect(findings[0]?.remedy).toContain(remedy)
    expect(JSON.stringify(findings)).not.toContain('c2VjcmV0')
  })

  it('says which field holds no key, and quotes nothing of it', async () => {
    const right = (await HMAC?.make(session, Date.now())) as RequestToInspect
    const { findings } = await inspect(right, { liveSessionToken: 'c2VjcmV0LXNlY3JldA==' })
    expect(findings[0]?.id).toBe('key-invalid')
    expect(findings[0]?.cause).toMatch(/live session token has to be 20 bytes/)
    expect(JSON.stringify(findings)).not.toContain('c2VjcmV0')
  })
})

describe('the inspector, without a key', () => {
  it.each(['signature-raw', 'signature-escaped-twice', 'timestamp-milliseconds', 'clock-off'])(
    'still finds %s in the header',
    async (id) => {
      const { findings, signature, verdict } = await inspect(await example(id))
      expect(findings.map((finding) => finding.id)).toContain(id)
      expect({ signature, verdict }).toEqual({ signature: 'unknown', verdict: 'refused' })
    },
  )

  it('does not call a request right whose signature it cannot judge', async () => {
    const { verdict, signature } = await inspect(await example('keys-swapped'))
    expect({ verdict, signature }).toEqual({ verdict: 'undecided', signature: 'unknown' })
  })

  it('compares the base string of the program, and says where it first differs', async () => {
    const request = await example('query-in-address')
    const { baseString } = await inspect(request)
    const expected = baseString?.text as string
    const yours = expected.replace('oauth_nonce%3D', 'oauth_nonce%3Dx')
    const { findings } = await inspect(request, { clientBaseString: yours })
    expect(findings).toMatchObject([
      { id: 'base-string-differs', title: expect.stringContaining('the parameter oauth_nonce') },
    ])
    const at = firstDifference({ yours, expected })
    expect(yours.slice(at - 14, at + 1)).toBe('oauth_nonce%3Dx')
  })

  it('names the mistake when the base string of the program shows it', async () => {
    const request = await example('realm-in-base-string')
    const { baseString } = await inspect(request)
    const clientBaseString = `${baseString?.text}%26realm%3Dlimited_poa`
    const { findings } = await inspect(request, { clientBaseString })
    expect(findings.map(({ id }) => id)).toEqual(['realm-in-base-string'])
  })

  it.each([
    ['another one', 'realm="other"', 'other'],
    ['none', '', 'limited_poa'],
  ])('finds the realm of the header in the base string: %s', async (_, written, realm) => {
    const { authorization, ...request } = await example('realm-in-base-string')
    const given = { ...request, authorization: authorization.replace(/realm="[^"]*"/, written) }
    const { baseString } = await inspect(given)
    const clientBaseString = `${baseString?.text}%26realm%3D${realm}`
    const { findings } = await inspect(given, { clientBaseString })
    expect(findings.map(({ id }) => id)).toContain('realm-in-base-string')
  })

  it.each([
    ['get', 'method-lower-case', 'The method was signed in small letters'],
    ['POST', 'method-differs', 'POST was signed, GET was sent'],
  ])('says that %s was signed where GET was sent: %s', async (method, id, title) => {
    const request = await example('query-in-address')
    const { baseString } = await inspect(request)
    const clientBaseString = baseString?.text.replace(/^GET/, method) as string
    expect((await inspect(request, { clientBaseString })).findings).toMatchObject([{ id, title }])
  })

  it.each([
    ['', 'scheme'],
    ['Bearer abc', 'scheme'],
    ['OAuth realm="limited_poa", oauth_nonce="ab"', 'parameter-missing'],
    ['OAuth realm="limited_poa", oauth_nonce="ab", oauth_nonce="cd"', 'parameter-twice'],
    ['OAuth oauth_nonce=ab, "', 'pair-form'],
  ])('tells what is missing of %j', async (authorization, id) => {
    const request = { method: 'GET', url: 'https://api.ibkr.com/v1/api/tickle', authorization }
    const { findings, verdict } = await inspect(request)
    expect(verdict).toBe('refused')
    expect(findings.map((finding) => finding.id)).toContain(id)
  })

  it.each([
    [undefined, 'in its capitals'],
    ['OTHERCONS', 'as it is registered'],
  ])(
    'shows a consumer key in small letters beside the one that is meant: known is %s',
    async (consumerKey, _) => {
      const request = (await example('consumer-key-case')) as RequestToInspect
      const { findings } = await inspect(request, { consumerKey })
      const found = findings.find(({ id }) => id === 'consumer-key-case')
      const yours = found?.difference?.yours ?? ''
      expect(yours).not.toBe(yours.trim().toUpperCase())
      expect(found?.difference?.expected).toBe(consumerKey ?? yours.trim().toUpperCase())
    },
  )

  it('of an empty signature says that it is missing, not how long it should be', async () => {
    const { method, url, authorization } = (await example('')) as RequestToInspect
    const emptied = authorization.replace(/oauth_signature="[^"]*"/, 'oauth_signature=""')
    const { findings } = await inspect({ method, url, authorization: emptied })
    expect(findings.map((finding) => finding.id)).toEqual(['parameter-missing'])
  })

  it.each([
    ['GET', 'not an address'],
    ['G T', 'https://api.ibkr.com/v1/api/tickle'],
  ])('takes %s %s without failing', async (method, url) => {
    const { findings, baseString } = await inspect({ method, url, authorization: 'OAuth a="b"' })
    expect(baseString).toBeUndefined()
    expect(findings.map((finding) => finding.id)).toContain('request')
  })

  it('shows the base string in parts', async () => {
    const request = {
      method: 'get',
      url: 'HTTPS://API.ibkr.com:443/v1/api/portfolio/accounts?x=1',
      authorization: 'Authorization: OAuth realm="limited_poa", oauth_nonce="ab"',
    }
    expect((await inspect(request)).baseString).toMatchObject({
      method: 'GET',
      uri: 'https://api.ibkr.com/v1/api/portfolio/accounts',
      parameters: [['oauth_nonce', 'ab']],
    })
  })
})

it('of a header without a pair the base string has no parameters', async () => {
  const url = 'https://api.ibkr.com/v1/api/tickle'
  const { baseString } = await inspect({ method: 'GET', url, authorization: 'OAuth ' })
  expect(baseString?.parameters).toEqual([])
})

describe('a HAR', () => {
  const request = {
    method: 'GET',
    url: 'https://api.ibkr.com/v1/api/tickle',
    headers: [{ name: 'Authorization', value: 'OAuth a="b"' }],
  }
  const entry = {
    startedDateTime: '2026-01-01T00:00:00Z',
    request,
    response: { headers: [{ name: 'date', value: 'Thu, 01 Jan 2026 01:00:00 GMT' }] },
  }

  it('gives the requests that carry the header, with the server’s time', () => {
    const bare = { request: { ...request, headers: [] } }
    const posted = { request: { ...request, method: 'POST', postData: { text: '{}' } } }
    expect(readRequests(JSON.stringify({ log: { entries: [bare, entry, posted] } }))).toEqual([
      {
        method: 'GET',
        url: request.url,
        authorization: 'OAuth a="b"',
        body: undefined,
        sentAtMs: Date.parse('2026-01-01T01:00:00Z'),
      },
      { method: 'POST', url: request.url, authorization: 'OAuth a="b"', body: '{}' },
    ])
    expect(readRequests(JSON.stringify(entry))).toHaveLength(1)
  })

  it.each([
    ['<html>', /nor a HAR/],
    ['{"log":', /not JSON/],
    ['[]', /neither a HAR/],
    ['null', /nor a HAR/],
    [JSON.stringify({ log: { entries: [{}, null] } }), /Authorization/],
  ])('that is none is refused with words: %s', (text, words) => {
    expect(() => readRequests(text)).toThrow(words)
  })
})

describe('bytes of a token', () => {
  it('may be hex', async () => {
    const right = (await HMAC?.make(session, Date.now())) as RequestToInspect
    const liveSessionToken = bytesToHex(session.liveSessionToken)
    expect((await inspect(right, { liveSessionToken })).verdict).toBe('accepted')
    expect(hexToBytes(liveSessionToken)).toHaveLength(20)
  })
})
